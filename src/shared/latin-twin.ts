const cyrillic = 'асеорхукмтнвіјѕАСЕОРХУКМТНВІЈЅ'
const latin = 'aceopxykmthbijsACEOPXYKMTHBIJS'

/** The Latin letter that a Cyrillic one looks like; any other character is its own. */
export const latinTwinOf = (character: string): string => latin[cyrillic.indexOf(character)] ?? character
