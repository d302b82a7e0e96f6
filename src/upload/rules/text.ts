const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** A name of at most `longest` UTF-16 units, cut where no character is torn; null when there is none. */
export function nameOf(value: unknown, longest: number): string | null {
  if (typeof value !== 'string') return null
  const name = value.trim()
  if (name.length <= longest) return name === '' ? null : name
  let cut = ''
  for (const { segment } of graphemes.segment(name.slice(0, longest * 2))) {
    if (cut.length + segment.length > longest) break
    cut += segment
  }
  return cut.trimEnd() || null
}

/** They are not seen, and come along from word processors and address books. Not the mark that turns digits round. */
const UNSEEN = /[\u00ad\u061c\u200b-\u200f\u202a-\u202d\u2060\u2066-\u2069\ufeff]/gu
const DASH = /[\p{Pd}\u2212]/gu

/** One separator between two groups of digits. A dot may be one only where it is no decimal point. */
const GROUPS = /^\d+(?:(?: ?- ?|\. ?| )\d+)*$/
const DECIMAL = /^[^.]*\.[^.]*$|\.\d$/
const AFTER_COUNTRY = /^\+\d{1,3}\.\d+$/

/** The country code in brackets behind or around its plus, and an area code in brackets behind a country code. */
const COUNTRY_IN_BRACKETS = /^(?:\(\+ ?(\d{1,3})\)|\+ ?\((\d{1,3})\)) ?-? ?/
const AREA_IN_BRACKETS = /^(\+ ?|00 ?)?([17]|[2-9]\d{1,2}) ?-? ?\( ?(\d{2,5}) ?\) ?-? ?/

/** Where a zero behind the country code is a part of the number: elsewhere it is dialled at home only. */
const KEEPS_ITS_ZERO = /^(?:38|39|225|226|229|242|378)[-. ]/
const ZERO_FROM_HOME = /^\d{1,3}[-. ]+0/

/** E.164: no country code begins with 0, 83 or 89; shorter numbers lack one. */
const INTERNATIONAL = /^(?!0|8[39])\d{8,15}$/

/**
 * A phone as international digits; null for what is not surely one. Only separators are taken away, so that the digits
 * that leave are those that came.
 */
export function phoneOf(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const text = String(value)
    .replace(UNSEEN, '')
    .replace(DASH, '-')
    .replace(/[\p{Zs}\t]+/gu, ' ')
    .trim()
    .replace(COUNTRY_IN_BRACKETS, '+$1$2 ')
    .replace(AREA_IN_BRACKETS, '$1$2 $3 ')
  const groups = text.replace(/^(?:\+ ?|00[ -]?(?=[1-9]))/, '')
  if (!GROUPS.test(groups) || (DECIMAL.test(text) && !AFTER_COUNTRY.test(text))) return null
  if (ZERO_FROM_HOME.test(groups) && !KEEPS_ITS_ZERO.test(groups)) return null
  const twoNumbers = /\d{7}\D+\d{7}/.test(groups)
  const digits = groups.replace(/\D/g, '')
  return INTERNATIONAL.test(digits) && !twoNumbers ? digits : null
}

/** Whether there is something that somebody may have meant as a phone. */
export const hasDigits = (value: unknown): boolean =>
  (typeof value === 'string' || typeof value === 'number') && /\p{Nd}/u.test(String(value))

const LONGEST_URI = 200

/** A link to the CRM, if it is one and short enough. */
export function uriOf(value: unknown): { kind: 'none' } | { kind: 'uri'; uri: string } | { kind: 'bad' } {
  if (value === undefined || value === null || value === '') return { kind: 'none' }
  if (typeof value !== 'string' || value.length > LONGEST_URI) return { kind: 'bad' }
  return /^https?:$/.test(URL.parse(value)?.protocol ?? '') ? { kind: 'uri', uri: value } : { kind: 'bad' }
}
