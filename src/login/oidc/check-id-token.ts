import { createHash } from 'node:crypto'
import { decodeProtectedHeader } from 'jose'
import type { IDToken, TokenEndpointResponse, TokenEndpointResponseHelpers } from 'openid-client'
import { isAbsent } from '../claim-path.ts'
import { LoginRefused } from '../login-refused.ts'
import { TOLERANCE } from '../tolerance.ts'

/** The token answers a request of this moment, so it has just been made; in seconds. */
const OLDEST = 600

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
 * What the library leaves to its caller, after it has checked signature, issuer, audience, nonce and expiry.
 * @throws {LoginRefused}
 */
export function checkIdToken(
  { idToken, accessToken, claims }: IssuedTokens,
  clientId: string,
  now: Date,
): void {
  const age = Math.floor(now.getTime() / 1000) - claims.iat
  if (age > OLDEST) throw new LoginRefused('id_token_too_old', { seconds: age })
  if (age < -TOLERANCE) throw new LoginRefused('id_token_from_future', { seconds: -age })

  // OpenID Connect Core 3.1.3.7, 5. The library looks at it only beside several audiences.
  const { azp, at_hash: expected } = claims
  if (!isAbsent(azp) && azp !== clientId) {
    throw new LoginRefused('id_token_azp', { found: azp, expected: clientId })
  }
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
