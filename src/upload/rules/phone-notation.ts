/** Digits that somebody has written as one phone. */
export interface Spelling {
  /**
   * What says that there is a country code: a plus, the zeros that most countries dial before one, or a zero in brackets
   * behind it, which is dialled at home only.
   */
  mark: '+' | '00' | '(0)' | null
  /** Behind the mark. */
  digits: string
  /** The groups that they are written in. */
  groups: readonly string[]
  /** It begins with an area code in brackets, as at home. */
  hasArea: boolean
}

/** With every separator and unseen mark that anybody puts into a phone. */
const LONGEST = 100

/** They are not seen, and come along from word processors and address books. Not the mark that turns digits round. */
export const UNSEEN = /[\u00ad\u061c\u200b-\u200f\u202a-\u202d\u2060\u2066-\u2069\ufeff]/gu
const DASH = /[\p{Pd}\u2212]/gu

/** What a spreadsheet makes of a number. */
const FLOAT = /^(\+?\d{8,15})\.0+$/

/** `+(7)` and `(+7)`. */
const COUNTRY_IN_BRACKETS = /^(?:\(\+ ?(\d{1,3})\)|\+ ?\((\d{1,3})\)) ?-? ?/
/** `44 (0)`: what stands before a zero in brackets can only be a country code. */
const ZERO_IN_BRACKETS = /^(?:\+ ?|00 ?)?([1-9]\d{0,2}) ?-? ?\( ?0 ?\) ?-? ?/
const AREA_IN_BRACKETS = /^((?:\+ ?|00 ?)?\d{0,3}) ?-? ?\( ?(\d{1,5}) ?\) ?-? ?/

const MARK = /^(?:(\+) ?|(00)[ -]?(?=[1-9]))/

/** One separator between two groups of digits. A dot may be one only where it is no decimal point. */
const GROUPS = /^\d+(?:(?: ?- ?|\. ?| )\d+)*$/
const DECIMAL = /^[^.]*\.[^.]*$|\.\d$/
const AFTER_COUNTRY = /^\+\d{1,3}\.\d+$/

/** What without a mark is something else, though its digits may be as many as a phone has. */
const NO_PHONE = [
  // Dates, with or without an hour, and times.
  /^(?:19|20)\d\d(\D)\d\d?\1\d\d?(?!\d)/,
  /^\d\d?(\D)\d\d?\1(?:19|20)\d\d(?!\d)/,
  /^\d\d?([.-])\d\d\D\d\d?\1\d\d$/,
  // Two home numbers: in one piece each (some of twice five are Indian mobiles), six pairs of digits, or a dash, a blank, and a
  // dash again.
  /^(?![6-9]\d{4}\D\d{5}$)[1-9]\d{4,6}\D\d{5,6}$/,
  /^\d\d(?:\D\d\d){5}$/,
  /(\D)\d+\1\d+(?!\1)\D\d+\1/,
]

/** Nothing but digits, perhaps with a plus: there is nothing to take away. */
const PLAIN = /^\+?[1-9]\d*$/

/** Null for what is not written as one phone. Only separators are taken away. */
export function spellingOf(value: unknown): Spelling | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const given = String(value)
  if (given.length > LONGEST) return null
  if (!PLAIN.test(given)) return spellingOfGroups(given)
  const mark = given.startsWith('+') ? '+' : null
  const digits = mark === null ? given : given.slice(1)
  return { mark, digits, groups: [digits], hasArea: false }
}

function spellingOfGroups(given: string): Spelling | null {
  const bare = given
    .replace(UNSEEN, '')
    .replace(DASH, '-')
    .replace(/[\p{Zs}\t]+/gu, ' ')
    .trim()
    .replace(FLOAT, '$1')
    .replace(COUNTRY_IN_BRACKETS, '+$1$2 ')
  const zeroed = bare.replace(ZERO_IN_BRACKETS, '+$1 0')
  const text = zeroed.replace(AREA_IN_BRACKETS, '$1 $2 ').trim()
  const [all = '', plus, zeros] = MARK.exec(text) ?? []
  const grouped = text.slice(all.length)
  if (!GROUPS.test(grouped) || (DECIMAL.test(text) && !AFTER_COUNTRY.test(text))) return null
  const mark = zeroed !== bare ? '(0)' : plus ? '+' : zeros ? '00' : null
  const oneSign = grouped.replace(/ ?- ?/g, '-').replace(/\. /g, '.')
  if (mark === null && NO_PHONE.some((other) => other.test(oneSign))) return null
  const groups = grouped.split(/\D+/)
  return { mark, digits: groups.join(''), groups, hasArea: bare.startsWith('(') }
}

/** Whether there is something that somebody may have meant as a phone. */
export const hasDigits = (value: unknown): boolean =>
  (typeof value === 'string' || typeof value === 'number') && /\p{Nd}/u.test(String(value))
