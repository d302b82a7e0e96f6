const LINE_BREAKS_AND_BLANKS = /[\p{Cc}\s\u2800]+/gu
// Format characters (bidirectional marks, overrides and isolates, zero-width, tags), fillers that show nothing,
// private use. Some of these belong to honest names (a joined emoji falls apart into its parts), but each of them
// can also make one name look like another.
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Co}]+/gu
// More code units than this for one visible character is a pile of marks, in no script a letter.
const LONGEST_GRAPHEME = 16

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * A name from the CRM or from the state, fit to be shown: on one line, without characters that are invisible or
 * change the direction of text, at most `maxGraphemes` visible characters long (the last is then `…`).
 * A name of which nothing remains becomes `—`. It still has to be escaped for HTML.
 */
export const cleanName = (text: string, maxGraphemes: number): string => {
  const plain = text.toWellFormed().replace(INVISIBLE, '').replace(LINE_BREAKS_AND_BLANKS, ' ').trim()
  const kept: string[] = []
  for (const { segment } of graphemes.segment(plain)) {
    if (kept.length === maxGraphemes) {
      kept.splice(-1, 1, '…')
      break
    }
    kept.push(segment.length > LONGEST_GRAPHEME ? '\ufffd' : segment)
  }
  return kept.join('') || '—'
}
