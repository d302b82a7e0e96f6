import type { PhoneNumber, PhoneNumberType } from 'google-libphonenumber'
import { phoneLibrary } from '../../shared/phone-library.ts'
import {
  E164,
  isDialledAbroad,
  isOrdinary,
  isTrunkPrefix,
  LONGEST_WITHOUT_MARK,
  NO_AREA,
  SURE_WITHOUT_MARK,
} from './ordinary-phones.ts'
import { spellingOf, type Spelling } from './phone-notation.ts'

/** It is not surely one number. */
export const PHONE_NOT_USABLE = 'phone_not_usable'
/** It is a good number at home, and another one abroad. */
export const PHONE_AMBIGUOUS = 'phone_ambiguous'

/** `national`: as it is dialled in the home country. */
export type Phone =
  | { kind: 'phone'; digits: string; read: 'international' | 'national' }
  | { kind: typeof PHONE_NOT_USABLE | typeof PHONE_AMBIGUOUS }

/** A phone as the international digits that leave, or why none do. */
export type ReadPhone = (value: unknown) => Phone

/** Numbers as WhatsApp knows them, which are none in the numbering plans of today. */
const WHATSAPP: Readonly<Record<string, RegExp>> = {
  'mobiles of Mexico with the 1 of older times': /^521[2-9]\d{9}$/,
  'mobiles of Brazil without their ninth digit': /^55[1-9]{2}[6-9]\d{7}$/,
}

/** The library's word for a length that whole numbers have, and not only those without their area code. */
const IS_POSSIBLE = 0

interface Reading {
  digits: string
  read: 'international' | 'national'
  /** Costs more than all the rest. */
  isValid: () => boolean
  /** It speaks against another reading, and never leaves itself. */
  isDoubtful?: boolean
}

/**
 * Reads phones by the possible lengths of numbers: number ranges are newer than any library, and decide only between two
 * readings.
 * @param home where numbers without a country code are at home (ISO 3166-1 alpha-2); null when nobody has said
 */
export const createReadPhone =
  (home: string | null): ReadPhone =>
  (value) => {
    const spelling = spellingOf(value)
    if (!spelling) return { kind: PHONE_NOT_USABLE }
    const { digits } = spelling
    return isOrdinary(spelling, home)
      ? { kind: 'phone', digits, read: 'international' }
      : readByLibrary(spelling, home)
  }

/** What the phone library makes of it. */
export function readByLibrary(spelling: Spelling, home: string | null): Phone {
  const readings = readingsOf(spelling, home)
  const best = readings.length === 1 ? readings : readings.filter(({ isValid }) => isValid())
  const [only, other] = best
  if (!only || (only.isDoubtful && !other)) return { kind: PHONE_NOT_USABLE }
  return other ? { kind: PHONE_AMBIGUOUS } : { kind: 'phone', digits: only.digits, read: only.read }
}

/** All that the digits may mean, each number once. */
function readingsOf(spelling: Spelling, home: string | null): Reading[] {
  const atHome =
    home === null || spelling.mark === '+' || spelling.mark === '(0)' ? null : nationally(spelling, home)
  const all = [internationally(spelling, home), withoutZero(spelling), atHome].filter(
    (reading) => reading !== null,
  )
  return all.filter(({ digits }, index) => all.findIndex((one) => one.digits === digits) === index)
}

function internationally({ mark, digits, groups, hasArea }: Spelling, home: string | null): Reading | null {
  const isKnown = Object.values(WHATSAPP).some((spelling) => spelling.test(digits))
  const number: Reading | null = isKnown
    ? { digits, read: 'international', isValid: () => true }
    : readingOf(parsed(`+${digits}`))
  if (!number) return null
  // A digit behind the country code may be dialled at home only: without it, if nothing says so, the number has to be good.
  const isWhole = number.digits === digits || mark === '(0)'
  if (mark !== null) return isWhole || number.isValid() ? number : null
  const [firstGroup = ''] = groups
  const beginsWithCountry = firstGroup.length > 3 || isCountryCode(firstGroup)
  if (hasArea || !beginsWithCountry || digits.length > LONGEST_WITHOUT_MARK) return null
  const fromHome = home !== null && digits.startsWith(codeOf(home))
  if (!isWhole && !(fromHome && number.isValid())) return null
  return { ...number, isDoubtful: !fromHome && digits.length < SURE_WITHOUT_MARK }
}

/** Where some numbers keep their zero, one in brackets may be such a zero, or the one that other countries dial at home. */
function withoutZero({ mark, digits, groups }: Spelling): Reading | null {
  if (mark !== '(0)') return null
  const [firstGroup = ''] = groups
  const country = util().getRegionCodeForCountryCode(Number(firstGroup))
  if (!linesAndMobiles().some((type) => exampleOf(country, type)?.getItalianLeadingZeroOrDefault()))
    return null
  const number = readingOf(parsed(`+${firstGroup}${digits.slice(firstGroup.length + 1)}`))
  return number?.isValid() ? number : null
}

function nationally(spelling: Spelling, home: string): Reading | null {
  const { mark, digits } = spelling
  const dialled = mark === '00' ? `00${digits}` : digits
  const number = readingOf(parsed(dialled, home))
  // What leaves has to be read abroad as the same number: a digit in front may be dialled at home only.
  if (!number || readingOf(parsed(`+${number.digits}`))?.digits !== number.digits) return null
  // It begins with what is dialled at home before a call abroad.
  if (!number.digits.startsWith(codeOf(home))) return number.isValid() ? number : null
  if (isOfTwo(spelling, number, home)) return null
  const isDoubtful = lacksArea(dialled, number, home)
  // Shorter ones may as well be of an area whose code begins like the country's: 046 in Sweden is Lund.
  const isInternational = dialled.startsWith(codeOf(home)) && dialled.length >= SURE_WITHOUT_MARK
  return isDoubtful && isInternational ? null : { ...number, read: 'national', isDoubtful }
}

/**
 * Whether it is two home numbers, one behind the other: nothing says that there is a country code, and it has twice as many digits
 * as a number without one, or the library has dropped more than a trunk prefix behind the code.
 */
function isOfTwo({ mark, digits, groups }: Spelling, number: Reading, home: string): boolean {
  const code = codeOf(home)
  const [first, second = ''] = groups
  const beginsWithCode = first === code && (second === '0' || (code.length < 3 && second.length > 3))
  if (mark !== null || beginsWithCode || isDialledAbroad(digits, home)) return false
  const trunk = util().getNddPrefixForRegion(home, true) ?? ''
  const hasTrunk = trunk !== '' && digits.startsWith(trunk)
  if (digits.length > LONGEST_WITHOUT_MARK && !hasTrunk && canBeHalved(groups, digits.length)) return true
  const dropped = digits.slice(code.length, Math.max(0, digits.length + code.length - number.digits.length))
  return digits.startsWith(code) && dropped !== '' && !isTrunkPrefix(dropped, home)
}

/** Whether a first number may end in the middle. */
function canBeHalved(groups: readonly string[], all: number): boolean {
  let written = 0
  return groups.length === 1 || groups.some(({ length }) => Math.abs((written += length) - all / 2) < 1)
}

/** Where numbers have many lengths, one without its trunk prefix may lack its area code. Mobiles have none. */
function lacksArea(dialled: string, { digits }: Reading, home: string): boolean {
  const trunk = util().getNddPrefixForRegion(home, true)
  if (!trunk || dialled.startsWith(trunk)) return false
  const others = [`+${digits}00`, `+${digits.slice(0, -2)}`]
  if (others.every((other) => readingOf(parsed(other)) === null)) return false
  const number = parsed(`+${digits}`)
  return number === null || util().getNumberType(number) !== phoneLibrary().PhoneNumberType.MOBILE
}

/** Null when no line and no mobile has a number of this length. */
function readingOf(number: PhoneNumber | null): Reading | null {
  if (!number) return null
  const digits = util().format(number, phoneLibrary().PhoneNumberFormat.E164).slice(1)
  const isPossible = linesAndMobiles().some(
    (type) => util().isPossibleNumberForTypeWithReason(number, type) === IS_POSSIBLE,
  )
  const isValid = () => util().isValidNumber(number)
  const isWhole = isPossible && E164.test(digits) && !NO_AREA.test(digits)
  // A zero in front is a part of the number in a few countries only.
  return isWhole && (!number.getItalianLeadingZeroOrDefault() || isValid())
    ? { digits, read: 'international', isValid }
    : null
}

/** Null where there is no such country, or nothing that could be a number. */
function parsed(text: string, home?: string): PhoneNumber | null {
  try {
    return util().parse(text, home)
  } catch {
    return null
  }
}

const linesAndMobiles = () => [
  phoneLibrary().PhoneNumberType.FIXED_LINE,
  phoneLibrary().PhoneNumberType.MOBILE,
]

const exampleOf = (country: string, type: PhoneNumberType): PhoneNumber | null =>
  util().getExampleNumberForType(country, type)

const codeOf = (home: string) => String(util().getCountryCodeForRegion(home))

/** Ukraine's code is 380, and its zero is written with the area code: +38 (044). */
const isCountryCode = (digits: string) =>
  digits === '38' || util().getRegionCodeForCountryCode(Number(digits)) !== 'ZZ'

const util = () => phoneLibrary().PhoneNumberUtil.getInstance()
