import { createHash } from 'node:crypto'
import { decodeProtectedHeader } from 'jose'
import type { IDToken, TokenEndpointResponse, TokenEndpointResponseHelpers } from 'openid-client'
import { isAbsent } from '../claim-path.ts'
import { LoginRefused } from '../login-refused.ts'

export interface IssuedTokens {
  idToken: string
  accessToken: string
  claims: IDToken
}

/** The issuer's answer in the parts that count; without an ID token it says nothing about a person. */
export function tokensOf(response: TokenEndpointResponse & TokenEndpointResponseHelpers): IssuedTokens {
  const { access_token: accessToken, id_token: idToken } = response
  const claims = response.claims()
  if (idToken === undefined || claims === undefined) throw new LoginRefused('id_token_missing')
  return { idToken, accessToken, claims }
}

/**
 * Whether the ID token belongs to the access token beside it, as far as it says.
 * @throws {LoginRefused}
 */
export function checkAccessToken({
  idToken,
  accessToken,
  claims: { at_hash: expected },
}: IssuedTokens): void {
  if (isAbsent(expected)) return
  if (expected !== accessTokenHash(accessToken, decodeProtectedHeader(idToken).alg)) {
    throw new LoginRefused('id_token_for_other_access_token')
  }
}

/** OpenID Connect Core 3.1.3.6: the left half of the hash that belongs to the signature's algorithm. */
function accessTokenHash(accessToken: string, alg = ''): string {
  const bits = /(?:256|384|512)$/.exec(alg)?.[0] ?? '512'
  const hash = createHash(`sha${bits}`).update(accessToken).digest()
  return hash.subarray(0, hash.length / 2).toString('base64url')
}
