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

/**
 * E.164: no country code begins with 0, 83 or 89; shorter numbers lack one. 8 10 is dialled in Russia before a country.
 * A zero behind a code such as 44 or 49 is dialled at home only.
 */
const INTERNATIONAL = /^(?!0|8[39]|810|4[013-9]0)\d{8,15}$/

/**
 * Countries whose numbers all have the same length: other lengths lack the country code, or have an extension or a
 * trunk digit too many. Egypt is here for its shortest and longest, as its code begins every year of this century.
 */
const LENGTHS: readonly [country: RegExp, length: RegExp][] = [
  [/^(?:1|7|33|34|41|48|93|94|216|373|374|993)/, /^\d{11}$/],
  [/^(?:30|90|91|212|375|380|992|994|995|996|998)/, /^\d{12}$/],
  [/^20/, /^\d{10,12}$/],
]

/** The country codes of E.164, and 38, behind which numbers of Ukraine have their zero. */
const COUNTRY =
  /^(?:1|7|2[07]|3[0-4689]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|(?:2[1-689]|3[578]|42|50|59|6[7-9]|8[0578]|9[679])\d)$/

/** What may be something else where no plus says that it is an international number. */
const UNSURE = [
  // Russian numbers as they are dialled at home, of which some look like another country's.
  /^(?:9\d\d|49[59])\d{7}$/,
  /^8800\d{7}$/,
  // Ten digits behind an area code: (212) 555-1234.
  /^\d{3}\D(?:\D?\d){7}$/,
  // Dates, with or without an hour.
  /^(?:19|20)\d\d(\D)\d\d?\1\d\d?(?!\d)/,
  /^\d\d?(\D)\d\d?\1(?:19|20)\d\d(?!\d)/,
  // Two home numbers: in one piece each, six pairs of digits, or a dash, a blank, and a dash again.
  /^\d{5,7}\D\d{5,6}$/,
  /^\d\d(?:\D\d\d){5}$/,
  /(\D)\d+\1\d+(?!\1)\D\d+\1/,
]

/** With separators: below are times and ranges of years, above are two home numbers of seven digits. */
const SURE_LENGTH = /^\d{10,13}$/

/** Whether groups of digits without a plus can be nothing but an international number. */
function surelyInternational(groups: string): boolean {
  if (UNSURE.some((other) => other.test(groups))) return false
  const [first = '', ...others] = groups.split(/\D/)
  if (others.length === 0) return true
  return SURE_LENGTH.test(groups.replace(/\D/g, '')) && (first.length > 3 || COUNTRY.test(first))
}

/**
 * A phone as international digits; null for what is not surely one. Only separators are taken away, so that the digits
 * that leave are those that came.
 */
export function phoneOf(value: unknown): string | null {
  const text = spellingOf(value)
  const groups = text.replace(/^(?:\+ ?|00[ -]?(?=[1-9]))/, '')
  if (!GROUPS.test(groups) || (DECIMAL.test(text) && !AFTER_COUNTRY.test(text))) return null
  if (ZERO_FROM_HOME.test(groups) && !KEEPS_ITS_ZERO.test(groups)) return null
  const oneSign = groups.replace(/ ?- ?/g, '-').replace(/\. /g, '.')
  if (/\d{7}\D\d{7}/.test(oneSign) || (groups === text && !surelyInternational(oneSign))) return null
  const digits = groups.replace(/\D/g, '')
  const ofItsCountry = LENGTHS.every(([country, length]) => !country.test(digits) || length.test(digits))
  return INTERNATIONAL.test(digits) && ofItsCountry ? digits : null
}

/** With one kind of dash, one kind of blank, and no brackets around a country or area code; '' for what is no text. */
function spellingOf(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') return ''
  return String(value)
    .replace(UNSEEN, '')
    .replace(DASH, '-')
    .replace(/[\p{Zs}\t]+/gu, ' ')
    .trim()
    .replace(COUNTRY_IN_BRACKETS, '+$1$2 ')
    .replace(AREA_IN_BRACKETS, '$1$2 $3 ')
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
