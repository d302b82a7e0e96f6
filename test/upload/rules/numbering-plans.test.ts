import type { PhoneNumber } from 'google-libphonenumber'
import { expect, test } from 'vitest'
import { phoneLibrary } from '../../../src/shared/phone-library.ts'

const { PhoneNumber: NewNumber, PhoneNumberType, PhoneNumberUtil } = phoneLibrary()

/** What the library knows of a region, and does not tell in its types. */
interface Metadata {
  getCountryCodeOrDefault(): number
  getInternationalPrefix(): string | null
  getNationalPrefixForParsing(): string | null
  getNationalPrefixTransformRule(): string | null
}
const util = PhoneNumberUtil.getInstance() as unknown as InstanceType<typeof PhoneNumberUtil> & {
  getMetadataForRegion(region: string): Metadata
  testNumberLength_(number: string, metadata: Metadata): number
}

const IS_POSSIBLE = 0
const TOO_LONG = 3

const LENGTHS = Array.from({ length: 15 }, (_, index) => index + 1)

function numberOf(code: number, length: number): PhoneNumber {
  const number = new NewNumber()
  number.setCountryCode(code)
  number.setNationalNumber(10 ** (length - 1))
  return number
}

function planOf(region: string) {
  const metadata = util.getMetadataForRegion(region)
  const code = metadata.getCountryCodeOrDefault()
  const isOfLines = (length: number) =>
    [PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE].some(
      (type) => util.isPossibleNumberForTypeWithReason(numberOf(code, length), type) === IS_POSSIBLE,
    )
  const isTaken = (length: number) =>
    [IS_POSSIBLE, TOO_LONG].includes(util.testNumberLength_('1'.repeat(length), metadata))
  return {
    code: String(code),
    abroad: metadata.getInternationalPrefix() ?? 'NonMatch',
    trunk: metadata.getNationalPrefixForParsing() ?? '',
    lengths: LENGTHS.filter(isOfLines),
    // Where digits are put in place of others, nothing can be said by the length.
    shortened: metadata.getNationalPrefixTransformRule() ? [0, ...LENGTHS] : LENGTHS.filter(isTaken),
  }
}

/** Run with `-u` it writes the plans of a new library. */
test('the plans by which ordinary numbers are read are those of the phone library', async () => {
  const regions = util.getSupportedRegions().toSorted()
  const plans = regions.map((region) => [region, planOf(region)] as const)
  const codes = [...new Set(plans.map(([, { code }]) => code))].toSorted((one, other) => +one - +other)
  const main = codes.map((code) => [code, util.getRegionCodeForCountryCode(+code)] as const)
  const lines = (entries: readonly (readonly [string, unknown])[]) =>
    entries.map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(',\n')
  const text = `{\n  "main": {\n${lines(main)}\n  },\n  "regions": {\n${lines(plans)}\n  }\n}\n`
  await expect(text).toMatchFileSnapshot('../../../src/upload/rules/numbering-plans.json')
})
