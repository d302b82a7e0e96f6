import { createHmac, hash, timingSafeEqual } from 'node:crypto'

/** SHA-256 of a random secret, in hex: what is stored and looked up in place of the secret. */
export const digest = (secret: string) => hash('sha256', secret)

/** HMAC-SHA-256, url-safe. */
export const keyedDigest = (key: string, text: string) =>
  createHmac('sha256', key).update(text).digest('base64url')

/** Whether two texts are equal, in a time that tells no more than whether they are equally long. */
export const sameSecret = (a: string, b: string): boolean => secretMatcher(a)(b)

/** The same for one secret that is compared with many texts. */
export function secretMatcher(secret: string): (text: string) => boolean {
  const expected = Buffer.from(secret)
  return (text) => {
    const given = Buffer.from(text)
    return given.length === expected.length && timingSafeEqual(given, expected)
  }
}
