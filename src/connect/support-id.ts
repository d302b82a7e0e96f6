import { digest } from '../crypto/digest.ts'

/** Crockford's base 32: no letters that a person on the phone could mistake for a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

export const SUPPORT_ID = new RegExp(`^WA-[${ALPHABET}]{4}-[${ALPHABET}]{4}$`)

/**
 * A short name, the same on the page and in the log: `WA-7K3M-9Q2P`. It is made of the attempt's id, or of the request's
 * when no attempt is known.
 */
export function supportIdOf(id: string): string {
  const symbols = Buffer.from(digest(id), 'hex')
    .subarray(0, 8)
    .reduce((text, byte) => text + (ALPHABET[byte % 32] ?? ''), '')
  return `WA-${symbols.slice(0, 4)}-${symbols.slice(4)}`
}
