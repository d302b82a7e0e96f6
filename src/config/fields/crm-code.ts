import { parsedText } from './parsed-text.ts'

const cyrillic = 'асеорхукмтнвіјѕАСЕОРХУКМТНВІЈЅ'
const latin = 'aceopxykmthbijsACEOPXYKMTHBIJS'

/**
 * The module's code at Wazzup. Not a secret, so the first wrong character is named: documents and keyboards mix in
 * Cyrillic letters that nobody can tell from Latin ones by looking.
 */
export function crmCode() {
  return parsedText((text, refuse) => {
    const characters = Array.from(text)
    const at = characters.findIndex((character) => !/[A-Za-z0-9_-]/.test(character))
    const wrong = characters[at]
    if (wrong !== undefined) return refuse(`has ${nameOf(wrong)} at position ${at + 1}`)
    return characters.length > 50 ? refuse('is longer than 50 characters') : text
  })
}

function nameOf(character: string): string {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
  if (/\s/.test(character)) return `a space (${code})`
  if (/[\p{C}\p{M}]/u.test(character)) return `an invisible character (${code})`
  const twin = latin[cyrillic.indexOf(character)]
  return twin
    ? `a Cyrillic "${character}" (${code}) instead of the Latin "${twin}"`
    : `"${character}" (${code})`
}
