import { isShallow } from '../../shared/is-shallow.ts'

/** Rows of a page, and how deep it is nested: the page itself and its list are the first two levels. */
const MOST_ROWS = 50_000
const DEEPEST = 20

/** Characters that `JSON.parse` reads sooner than the largest page that may come, whatever they are. */
export const SOON_READ = 256 * 1024

/** Twenty for each row. */
const MOST_VALUES = 1_000_000

/** Names of fields that differ: `JSON.parse` takes minutes over a page in which each row has names of its own. */
const MOST_NAMES = 5000

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a

const isOpening = (code: number) => code === 0x5b || code === 0x7b
const isClosing = (code: number) => code === 0x5d || code === 0x7d

/**
 * Whether the JSON text of a page has more in it than can be read without keeping everybody waiting, however few bytes it
 * has. One pass, which stops at the first excess; what is no JSON does not matter here. A short text is read without a look:
 * `areTooMuch` judges its rows.
 */
export function isTooMuch(text: string): boolean {
  if (text.length <= SOON_READ) return false
  const names = createNames(text)
  let [depth, values, rows] = [0, 1, 1]
  let [latest, end] = [0, 0]
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      end = endOfString(text, at)
      latest = at
      at = end
    } else if (code === COMMA) {
      values += 1
      if (depth === 2) rows += 1
    } else if (code === COLON) names.add(latest, end)
    else if (isOpening(code)) {
      depth += 1
      values += 1
      if (depth === 2) rows = 1
    } else if (isClosing(code)) depth -= 1
    else continue
    if (depth > DEEPEST || rows > MOST_ROWS || values > MOST_VALUES || names.count() > MOST_NAMES) return true
  }
  return false
}

/** The same of rows that were read: how many there are, and how deep they are nested. */
export const areTooMuch = (rows: readonly unknown[]): boolean =>
  rows.length > MOST_ROWS || !rows.every((row) => isShallow(row, DEEPEST - 2))

/** Names that differ. Each row has most of them in the order of the row before: those need not be looked up. */
function createNames(text: string) {
  const places = new Map<string, number>()
  const inOrder: string[] = []
  let next = 0
  return {
    add(from: number, to: number) {
      const expected = inOrder[next]
      if (expected?.length === to - from && text.startsWith(expected, from)) {
        next += 1
        return
      }
      const name = text.slice(from, to)
      const place = places.get(name) ?? inOrder.push(name) - 1
      places.set(name, place)
      next = place + 1
    },
    count: () => inOrder.length,
  }
}

/** Where its closing quote stands. */
function endOfString(text: string, from: number): number {
  const quote = text.indexOf('"', from + 1)
  if (quote < 0) return text.length
  if (text.charCodeAt(quote - 1) !== BACKSLASH) return quote
  let at = from + 1
  for (let code = text.charCodeAt(at); at < text.length && code !== QUOTE; code = text.charCodeAt(at))
    at += code === BACKSLASH ? 2 : 1
  return at
}
