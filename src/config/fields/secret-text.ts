import { Secret } from '../secret.ts'
import { parsedText } from './parsed-text.ts'

/** What documents print where a secret belongs; compared without case and punctuation. */
const samples =
  /^(our|your|my|the|some|super|top|very|module|client|shared)*(secrets?|password|token|key|changeme|changethis|replaceme|example|sample|test|here)+\d*$/

/** A secret of at least `min` characters that nobody can guess and that fits into a header. */
export function secretText({ min = 16 } = {}) {
  return parsedText((text, refuse) => {
    if (!/^[\x21-\x7e]+$/.test(text)) {
      return refuse('has spaces or characters outside visible ASCII', 'Look for a copying mistake.')
    }
    if (isSample(text)) return refuse('is a well-known sample')
    if (text.length < min) return refuse(`is shorter than ${min} characters`)
    if (new Set(text).size < 5) return refuse('repeats a few characters and can be guessed')
    return new Secret(text)
  })
}

function isSample(text: string): boolean {
  return samples.test(text.toLowerCase().replace(/[^a-z0-9]/g, ''))
}
