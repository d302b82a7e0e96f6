import { digest } from '../crypto/digest.ts'

/** Crockford's base 32: no letters that a person on the phone could mistake for a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A short name for an attempt (or a request), the same on the page and in the log: `WA-7K3M-9Q2P`. */
export function supportIdOf(id: string): string {
  const symbols = Buffer.from(digest(id), 'hex')
    .subarray(0, 8)
    .reduce((text, byte) => text + (ALPHABET[byte % 32] ?? ''), '')
  return `WA-${symbols.slice(0, 4)}-${symbols.slice(4)}`
}
