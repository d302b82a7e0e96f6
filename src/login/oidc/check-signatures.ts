import { createRemoteJWKSet, customFetch } from 'jose'
import type { ServerMetadata } from 'openid-client'
import type { BoundedFetch } from '../bounded-fetch.ts'
import { demand, type ClaimCheck } from '../claim-check.ts'
import { isObject, type Claims } from '../claim-path.ts'
import { LoginRefused } from '../login-refused.ts'
import { signedClaims } from '../signed-claims.ts'
import { isIssuer } from './tenants.ts'
import { ALGORITHMS, present } from './tidy-answers.ts'

type Fetch = BoundedFetch['fetch']

/**
 * The claims of a token that the issuer's keys have signed, without those that say nothing.
 * @throws {LoginRefused} PeerUnavailable when the keys cannot be had
 */
type ClaimsSigned = (signed: 'id_token' | 'userinfo', token: string) => Promise<Claims>

/** Asks for the issuer's keys once, however many tokens come. */
export function createClaimsSigned(server: ServerMetadata, fetch: Fetch): ClaimsSigned {
  const find = createRemoteJWKSet(new URL(String(server.jwks_uri)), { [customFetch]: fetch })
  return async (signed, token) => {
    if (token.split('.').length === 5) throw new LoginRefused(`${signed}_encrypted`)
    const announced = server[`${signed}_signing_alg_values_supported`] ?? ['RS256']
    const algorithms = ALGORITHMS.filter((alg) => announced.includes(alg))
    return present(await signedClaims(signed, token, { find, algorithms }))
  }
}

/**
 * Lets through what the issuer's keys have signed, and plain JSON. By itself the library trusts an ID token for having
 * come over TLS. Its `enableNonRepudiationChecks` comes after its look at the claims, where a `nbf` that is null or an
 * `auth_time` that nobody has asked for ends a login. So signatures are checked here, first of all, for every token that
 * reaches the library, and then the claims of an ID token; the library looks at them once more, and at the nonce.
 */
export function checkSignatures(fetch: Fetch, server: ServerMetadata, idTokenClaims: ClaimCheck[]): Fetch {
  const claimsSigned = createClaimsSigned(server, fetch)
  return async (url, options) => {
    const response = await fetch(url, options)
    if (response.headers.get('content-type') === 'application/jwt') {
      const token = await response.text()
      const claims = await claimsSigned('userinfo', token)
      return new Response(readableBy(server, token, claims), {
        headers: { 'content-type': 'application/jwt' },
      })
    }
    if (options.method !== 'POST') return response
    const body: unknown = await response.clone().json()
    if (!isObject(body) || typeof body['id_token'] !== 'string') return response
    const claims = await claimsSigned('id_token', body['id_token'])
    demand(idTokenClaims, claims)
    return Response.json({ ...body, id_token: readableBy(server, body['id_token'], claims) })
  }
}

/**
 * The same token for the library, now that its signature has served: without what nobody reads, and with the issuer as the
 * document writes it, where that has a place for the tenant.
 */
function readableBy({ issuer }: ServerMetadata, token: string, claims: Claims): string {
  const read = Object.fromEntries(Object.entries(claims).filter(([name]) => name !== 'auth_time'))
  const named = isIssuer(issuer, claims) ? { ...read, iss: issuer } : read
  const [header = '', , signature = ''] = token.split('.')
  return [header, Buffer.from(JSON.stringify(named)).toString('base64url'), signature].join('.')
}
