import { EncryptJWT, SignJWT, type JWTPayload } from 'jose'
import type { SigningKey } from './signing-key.ts'

/** `undefined` as a value leaves that claim out. */
const payload = (claims: Record<string, unknown>) => JSON.parse(JSON.stringify(claims)) as JWTPayload

/** Userinfo as `application/jwt` (OpenID Connect Core 5.3.2). */
export const signed = (claims: Record<string, unknown>, { alg, kid, privateKey }: SigningKey) =>
  new SignJWT(payload(claims)).setProtectedHeader({ alg, kid }).sign(privateKey)

/** The same, to be read by whoever has a key that nobody has. */
export const encrypted = (claims: Record<string, unknown>) =>
  new EncryptJWT(payload(claims))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(new Uint8Array(32))
