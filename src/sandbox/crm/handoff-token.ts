import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { Person } from './customers.ts'

export interface HandoffTerms {
  secret: string
  issuer: string
  audience: string
  /** Claims that replace the user's own, by `sub`. */
  claims: Record<string, Record<string, unknown>>
  now: () => Date
}

/** The CRM's word, good for a minute, that this person is at the browser which brought this request. */
export async function handoffToken(terms: HandoffTerms, person: Person, nonce: string): Promise<string> {
  const { sub, name, role, accountId, accountName } = person
  const issuedAt = Math.floor(terms.now().getTime() / 1000)
  const own = { user_name: name, account_id: accountId, account_name: accountName, role }
  const { issuer: iss, audience: aud } = terms
  const frame = { iss, aud, sub, nonce, jti: randomUUID(), iat: issuedAt, exp: issuedAt + 60 }
  return new SignJWT({ ...frame, ...own, ...terms.claims[sub] })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(terms.secret))
}
