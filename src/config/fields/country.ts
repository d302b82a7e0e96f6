import { phoneLibrary } from '../../shared/phone-library.ts'
import { parsedText } from './parsed-text.ts'

/** A country that has phone numbers, by its two letters. */
export function country() {
  return parsedText((text, refuse) => {
    const code = text.toUpperCase()
    const known: readonly string[] = phoneLibrary().PhoneNumberUtil.getInstance().getSupportedRegions()
    return known.includes(code) ? code : refuse('is not the code of a country')
  })
}
