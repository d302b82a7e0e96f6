/**
 * What shows nothing, or moves or disguises what stands beside it: controls, format characters (marks of direction,
 * zero-width ones, tags), line separators, fillers, selectors and joiners, private use, halves of pairs, and the blanks that
 * are no white space.
 */
export const INVISIBLE = String.raw`[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{2800}\u{1D159}]`

const anyInvisible = new RegExp(INVISIBLE, 'u')
const allInvisible = new RegExp(INVISIBLE, 'gu')
const BLANKS = /[\p{Cc}\s\u2800]+/gu
// Written with a selector or joiners, which belong to them.
const EMOJI = /^\p{RGI_Emoji}$/v

/** More code units than this for one visible character is a pile of marks, in no script a letter. */
const LONGEST_GRAPHEME = 16

/** Visible characters of a name that people are shown. */
export const LONGEST_NAME = 80

/** Code units of a text that are looked at; no name is nearly as long. */
const LONGEST_TEXT = 2000

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const segmentsOf = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment)

/** The first character of a text that shows nothing; null when there is none. */
export const firstInvisible = (text: string): string | null => anyInvisible.exec(text)?.[0] ?? null

/** Whether two such texts could look the same and be different. Blanks in the middle are seen, if they are plain ones. */
export const hasInvisible = (text: string): boolean => anyInvisible.test(text) || /[^\S ]/u.test(text)

/** Letters, digits and signs of ASCII, with single blanks between them: most names. Each is one visible character as it stands. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/

/**
 * The visible characters of a text on one line: what shows nothing is left out, except inside of an emoji; white space is
 * one blank, and none around the text; of a pile of marks only the letter stays.
 */
export function visibleCharacters(text: string): string[] {
  let [before, plain] = ['', text.slice(0, LONGEST_TEXT).toWellFormed()]
  if (PLAIN.test(plain)) return plain.split('')
  // What is left out lets its neighbours meet, which may make one visible character of them.
  while (plain !== before) {
    before = plain
    plain = segmentsOf(plain.replace(BLANKS, ' ')).map(plainCharacter).join('').normalize('NFC').trim()
  }
  return segmentsOf(plain)
}

function plainCharacter(segment: string): string {
  if (EMOJI.test(segment)) return segment
  return segment.length > LONGEST_GRAPHEME
    ? String.fromCodePoint(segment.codePointAt(0) ?? 0)
    : segment.replace(allInvisible, '')
}

/** As many whole visible characters as fit into so many code points. */
export function cutTo(longest: number, characters: readonly string[]): string {
  let [room, kept] = [longest, '']
  for (const character of characters) {
    room -= Array.from(character).length
    if (room < 0) break
    kept += character
  }
  return kept.trim()
}

/**
 * A text of others, fit to be shown to people: of visible characters, at most so many (the last is then `…`). A text that
 * shows nothing becomes `—`. It still has to be escaped for HTML.
 */
export function shownText(text: string, longest: number): string {
  const characters = visibleCharacters(text)
  if (characters.length === 0) return '—'
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : characters.join('')
}
