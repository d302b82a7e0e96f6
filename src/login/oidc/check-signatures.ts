import { compactVerify, createRemoteJWKSet, customFetch, type CompactVerifyResult } from 'jose'
import type { ServerMetadata } from 'openid-client'
import { peerFailure, type BoundedFetch } from '../bounded-fetch.ts'
import { isObject } from '../claim-path.ts'
import { parseJson } from '../../shared/parse-json.ts'
import { LoginRefused } from '../login-refused.ts'
import { signatureRefused } from '../signature-refused.ts'
import { ALGORITHMS, present } from './tidy-answers.ts'

type Fetch = BoundedFetch['fetch']

/**
 * Lets through what the issuer's keys have signed, and plain JSON. By itself the library trusts an ID token for having
 * come over TLS. Its `enableNonRepudiationChecks` comes after its look at the claims, where a `nbf` that is null or an
 * `auth_time` that nobody has asked for ends a login. So signatures are checked here, first of all, for every token that
 * reaches the library, and the library judges the claims that say something.
 */
export function checkSignatures(fetch: Fetch, server: ServerMetadata): Fetch {
  const keys = createRemoteJWKSet(new URL(String(server.jwks_uri)), { [customFetch]: fetch })

  async function checked(signed: 'id_token' | 'userinfo', token: string): Promise<string> {
    if (token.split('.').length === 5) throw new LoginRefused(`${signed}_encrypted`)
    const announced = server[`${signed}_signing_alg_values_supported`] ?? ['RS256']
    const algorithms = ALGORITHMS.filter((alg) => announced.includes(alg))
    try {
      return withoutNothings(signed, token, await compactVerify(token, keys, { algorithms }))
    } catch (error) {
      const wanted = algorithms.length > 0 ? algorithms : ALGORITHMS
      throw peerFailure(error) ?? signatureRefused(signed, error, { token, algorithms: wanted }) ?? error
    }
  }

  return async (url, options) => {
    const response = await fetch(url, options)
    if (response.headers.get('content-type') === 'application/jwt') {
      const token = await checked('userinfo', await response.text())
      return new Response(token, { headers: { 'content-type': 'application/jwt' } })
    }
    if (options.method !== 'POST') return response
    const body: unknown = await response.clone().json()
    if (!isObject(body) || typeof body['id_token'] !== 'string') return response
    return Response.json({ ...body, id_token: await checked('id_token', body['id_token']) })
  }
}

/** The same token without the claims that say nothing, or that nobody reads; its signature has served. */
function withoutNothings(
  signed: 'id_token' | 'userinfo',
  token: string,
  { payload, protectedHeader }: CompactVerifyResult,
): string {
  // RFC 7797 lets a payload go without base64url; RFC 7519 lets no claims do so.
  if (protectedHeader.crit !== undefined) throw new LoginRefused(`${signed}_extension`)
  const claims = parseJson(new TextDecoder().decode(payload))
  if (!isObject(claims)) throw new LoginRefused(`${signed}_malformed`)
  const read = Object.fromEntries(Object.entries(present(claims)).filter(([name]) => name !== 'auth_time'))
  const [header = '', , signature = ''] = token.split('.')
  return [header, Buffer.from(JSON.stringify(read)).toString('base64url'), signature].join('.')
}
