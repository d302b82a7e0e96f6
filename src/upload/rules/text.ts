import { graphemesOf } from '../../shared/visible-text.ts'

/** Control characters and halves of pairs: they are no text, and are where databases and JSON readers differ. */
export const NO_TEXT = /[\p{Cc}\p{Cs}]/u

const HALVES = /\p{Cs}/gu
const CONTROLS = /\r\n|\p{Cc}/gu

/**
 * A name of at most `longest` UTF-16 units, well-formed and without control characters, cut where no character is torn;
 * null when there is none.
 */
export function nameOf(value: unknown, longest: number): string | null {
  if (typeof value !== 'string') return null
  const name = value.replace(HALVES, '').replace(CONTROLS, ' ').trim()
  if (name.length <= longest) return name === '' ? null : name
  const near = name.slice(0, longest * 2)
  const whole = fitting(graphemesOf(near), longest)
  // One character of many marks: some of them have to do.
  return (whole || fitting(near, longest)).trimEnd()
}

function fitting(parts: Iterable<string>, longest: number): string {
  let text = ''
  for (const part of parts) {
    if (text.length + part.length > longest) break
    text += part
  }
  return text
}

const LONGEST_URI = 200

/** What the URL parser drops without a word, or reads as something else. */
const NOT_IN_A_URI = /[\p{Cc}\p{Cs}\p{Z}\p{Default_Ignorable_Code_Point}\\]/u

/** A link to the CRM as the URL parser writes it, if it is one that may be shown, and short enough. */
export function uriOf(value: unknown): { kind: 'none' } | { kind: 'uri'; uri: string } | { kind: 'bad' } {
  if (value === undefined || value === null || value === '') return { kind: 'none' }
  if (typeof value === 'string' && isPlain(value)) return { kind: 'uri', uri: value }
  const url = typeof value === 'string' && !NOT_IN_A_URI.test(value) ? URL.parse(value) : null
  const isGood =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.username + url.password === '' &&
    url.href.length <= LONGEST_URI
  if (!isGood) return { kind: 'bad' }
  goodOrigin = url.origin
  return { kind: 'uri', uri: url.href }
}

/** Of the link before: those of a CRM have one origin. */
let goodOrigin: string | null = null

/** What the URL parser leaves as it is behind an origin: no dots at the beginning of a name, nothing that is written as `%2e`. */
const PLAIN = /^(?:\/(?!\.)[\w~.-]*)+(?:\?[\w~.=&-]*)?$/

/** Whether it is good as it stands, as almost all are. */
const isPlain = (value: string): boolean =>
  goodOrigin !== null &&
  value.length <= LONGEST_URI &&
  value.startsWith(goodOrigin) &&
  PLAIN.test(value.slice(goodOrigin.length))
