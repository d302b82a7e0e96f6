import fc from 'fast-check'
import type { PhoneNumber } from 'google-libphonenumber'
import { expect, test } from 'vitest'
import { phoneLibrary } from '../../../src/shared/phone-library.ts'
import { createReadPhone } from '../../../src/upload/rules/phones.ts'

const util = phoneLibrary().PhoneNumberUtil.getInstance()
const { PhoneNumberFormat, PhoneNumberType } = phoneLibrary()
const COUNTRIES = util.getSupportedRegions()
const TYPES = [PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE]
type Type = (typeof TYPES)[number]

const exampleOf = (country: string, type: Type): PhoneNumber | null =>
  util.getExampleNumberForType(country, type)

/** Null for what is no number of the country; of some of that the library throws. */
function parsed(digits: string, country: string): PhoneNumber | null {
  try {
    const number = util.parse(digits, country)
    return util.isValidNumberForRegion(number, country) ? number : null
  } catch {
    return null
  }
}

/** As people of the country write it: with and without what is dialled before the area code, and without that code. */
function written(number: PhoneNumber, country: string): string[] {
  const whole = util.getNationalSignificantNumber(number)
  const local = whole.slice(util.getLengthOfNationalDestinationCode(number))
  const usual = util.format(number, PhoneNumberFormat.NATIONAL)
  const plain = [`${util.getNddPrefixForRegion(country, true) ?? ''}${whole}`, whole, local]
  return [usual, ...plain, ...plain.map((digits) => digits.replace(/(?<=\d{2})(?=\d{4}$)/, '-'))]
}

/** What leaves of a number of the home country as a number of another one. */
function foreign(number: PhoneNumber, home: string) {
  const readPhone = createReadPhone(home)
  const code = String(util.getCountryCodeForRegion(home))
  return written(number, home).flatMap((given) => {
    const phone = readPhone(given)
    return phone.kind === 'phone' && !phone.digits.startsWith(code) ? [[given, phone.digits]] : []
  })
}

test.each(COUNTRIES)('the example numbers of %s never leave as numbers of another country', (country) => {
  const examples = TYPES.map((type) => exampleOf(country, type)).filter((number) => number !== null)
  for (const number of examples) expect(foreign(number, country)).toEqual([])
})

test('nor do numbers that begin as they do', () => {
  let tried = 0
  const ending = fc.stringMatching(/^\d{5,8}$/)
  fc.assert(
    fc.property(fc.constantFrom(...COUNTRIES), fc.constantFrom(...TYPES), ending, (country, type, end) => {
      const example = exampleOf(country, type)
      const digits = example ? util.getNationalSignificantNumber(example) : ''
      fc.pre(digits.length > end.length)
      const number = parsed(digits.slice(0, -end.length) + end, country)
      fc.pre(number !== null)
      tried += 1
      expect([country, foreign(number, country)]).toEqual([country, []])
    }),
    { numRuns: 1000 },
  )
  expect(tried).toBeGreaterThan(500)
})
