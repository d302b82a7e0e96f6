import { createHash } from 'node:crypto'
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose'
import type { Script } from './script.ts'
import type { SigningKey } from './signing-key.ts'

export interface TokenFacts {
  issuer: string
  clientId: string
  clientSecret: string
  nonce: string
  accessToken: string
  user: Record<string, unknown>
}

/** An ID token as the script wants it. */
export async function idToken(facts: TokenFacts, key: SigningKey, { claims, header, signer }: Script) {
  const { issuer, clientId, clientSecret, nonce, accessToken, user } = facts
  const now = Math.floor(Date.now() / 1000)
  const atHash = leftHalf(accessToken, key.alg)
  const frame = { iss: issuer, aud: clientId, iat: now, exp: now + 300, nonce, at_hash: atHash }
  const payload = JSON.parse(JSON.stringify({ ...frame, ...user, ...claims })) as JWTPayload
  if (signer === 'nobody') return new UnsecuredJWT(payload).encode()
  const shared = signer === 'client_secret'
  const protectedHeader = { alg: shared ? 'HS256' : key.alg, kid: key.kid, ...header }
  return new SignJWT(payload)
    .setProtectedHeader(JSON.parse(JSON.stringify(protectedHeader)) as typeof protectedHeader)
    .sign(shared ? new TextEncoder().encode(clientSecret) : key.privateKey, { crit: { 'x-own': true } })
}

function leftHalf(text: string, alg: string): string {
  const hash = createHash(alg === 'EdDSA' ? 'sha512' : `sha${alg.slice(-3)}`)
    .update(text)
    .digest()
  return hash.subarray(0, hash.length / 2).toString('base64url')
}
