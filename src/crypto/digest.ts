import { createHmac, hash, timingSafeEqual } from 'node:crypto'

/** SHA-256 of a random secret, in hex: what is stored and looked up in place of the secret. */
export const digest = (secret: string) => hash('sha256', secret)

/** HMAC-SHA-256, url-safe. */
export const keyedDigest = (key: string, text: string) =>
  createHmac('sha256', key).update(text).digest('base64url')

/** Whether two texts are equal, in a time that does not tell where they differ. */
export const sameSecret = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(digest(a)), Buffer.from(digest(b)))
