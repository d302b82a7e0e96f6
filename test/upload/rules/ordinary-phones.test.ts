import fc from 'fast-check'
import type { PhoneNumber, PhoneNumberType as PhoneType } from 'google-libphonenumber'
import { describe, expect, test } from 'vitest'
import { MAIN_REGIONS, PLANS } from '../../../src/upload/rules/numbering-plans.ts'
import { isOrdinary } from '../../../src/upload/rules/ordinary-phones.ts'
import { spellingOf } from '../../../src/upload/rules/phone-notation.ts'
import { createReadPhone, readByLibrary } from '../../../src/upload/rules/phones.ts'
import { phoneLibrary } from '../../../src/shared/phone-library.ts'
import { CORPUS } from './phone-corpus.ts'
import { SPELLINGS } from './phone-spellings.ts'

const { PhoneNumberFormat, PhoneNumberType, PhoneNumberUtil } = phoneLibrary()
const util = PhoneNumberUtil.getInstance()
const REGIONS = Object.keys(PLANS)

/** Says nothing where the tables leave it to the library. */
function agrees(given: string, home: string | null): boolean {
  const spelling = spellingOf(given)
  if (!spelling || !isOrdinary(spelling, home)) return true
  const told = readByLibrary(spelling, home)
  return told.kind === 'phone' && told.digits === spelling.digits && told.read === 'international'
}

/** How many of so many numbers were read without the library, each of them as the library reads it. */
function read(numbers: fc.Arbitrary<string>): number {
  let count = 0
  const property = fc.property(numbers, home, (given, at) => {
    count += isOrdinary(spellingOf(given) ?? NOTHING, at) ? 1 : 0
    return agrees(given, at)
  })
  fc.assert(property, { numRuns: RUNS })
  return count
}

const RUNS = 20_000
const home = fc.constantFrom(null, ...REGIONS)
const NOTHING = { mark: null, digits: '', groups: [], hasArea: false }

const exampleOf = (region: string, type: PhoneType): PhoneNumber | null =>
  util.getExampleNumberForType(region, type)

const examples = REGIONS.flatMap((region) =>
  [PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE].flatMap((type) => {
    const one = exampleOf(region, type)
    return one ? [util.format(one, PhoneNumberFormat.E164)] : []
  }),
)

describe('numbers that are read without the phone library', () => {
  const mark = fc.constantFrom('+', '00', '', '+(', '(')
  const code = fc.constantFrom(...Object.keys(MAIN_REGIONS))
  const trunks = ['', '', '0', '1', '8', '9', '15', '34', '90', '011', '810', '00']
  const dialled = fc.constantFrom(...trunks)
  const rest = fc.stringMatching(/^\d{4,12}$/)

  test('are read as by the library, of any country and length, at home in any country', () => {
    const number = fc.tuple(mark, dialled, code, dialled, rest).map((parts) => parts.join(''))
    expect(read(number)).toBeGreaterThan(RUNS / 50)
  })

  test('are read as by the library, where a digit is another one than in a good number', () => {
    const digit = fc.nat(9)
    const near = fc
      .tuple(fc.constantFrom('+', ''), fc.constantFrom(...new Set(examples)), fc.nat(14), digit)
      .map(([sign, number, at, other]) => {
        const digits = number.slice(1)
        return sign + digits.slice(0, at) + String(other) + digits.slice(at + (at % 3 === 0 ? 0 : 1))
      })
    expect(read(near)).toBeGreaterThan(RUNS / 5)
  })

  test('are read as by the library in every spelling that was collected', () => {
    const spellings = [...SPELLINGS, ...Object.values(CORPUS).flat()].map(([given]) => String(given))
    const wrong = [null, ...REGIONS].flatMap((at) => spellings.filter((given) => !agrees(given, at)))
    expect(wrong).toEqual([])
  })

  test('are most of all mobile numbers, and so are those of the country where the CRM is at home', () => {
    const mobiles = REGIONS.flatMap((region) => {
      const one = exampleOf(region, PhoneNumberType.MOBILE)
      return one ? [util.format(one, PhoneNumberFormat.E164)] : []
    })
    const share = (given: readonly string[], at: string | null) =>
      given.filter((one) => isOrdinary(spellingOf(one) ?? NOTHING, at)).length / given.length
    expect(share(mobiles, null)).toBeGreaterThan(0.9)
    for (const [at, given] of Object.entries(AT_HOME)) expect(share(given, at), at).toBe(1)
  })
})

/** As they stand in databases of CRMs. */
const AT_HOME = {
  RU: ['79161234567', '+79161234567', '+7 916 123-45-67', '7 (916) 123-45-67', '77012345678', '380501234567'],
  KZ: ['77012345678', '+7 701 234 56 78', '79161234567'],
  BR: ['5511987654321', '+55 11 98765-4321'],
  IN: ['919876543210', '+91 98765 43210'],
}

test('a number with its country code needs no phone library, which would take memory and time', () => {
  expect(createReadPhone('RU')('79161234567')).toEqual({
    ...{ kind: 'phone', digits: '79161234567', read: 'international' },
  })
})
