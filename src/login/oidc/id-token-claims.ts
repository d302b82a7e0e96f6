import type { ServerMetadata } from 'openid-client'
import type { ClaimCheck } from '../claim-check.ts'
import { isAbsent, type Claims } from '../claim-path.ts'
import { refusal } from '../login-refused.ts'
import { timeClaims } from '../time-claims.ts'
import type { OidcSettings } from './settings.ts'
import { isIssuer, tenantClaims } from './tenants.ts'

/** The token answers a request of this moment, so it has just been made; in seconds. */
const OLDEST = 600

interface IdTokenOf {
  server: Pick<ServerMetadata, 'issuer'>
  settings: OidcSettings
  now: Date
}

/**
 * What an ID token has to say (OpenID Connect Core 2 and 3.1.3.7), but for what only one login can know: its nonce and
 * its access token.
 */
export function idTokenClaims({ server: { issuer }, settings, now }: IdTokenOf): ClaimCheck[] {
  const { OIDC_CLIENT_ID: clientId } = settings
  return [
    ...tenantClaims(issuer, settings),
    {
      claim: 'iss',
      flaw: (claims) =>
        lacks(claims, 'iss') ??
        (isIssuer(issuer, claims)
          ? null
          : refusal('id_token_iss', { found: claims['iss'], expected: issuer })),
    },
    { claim: 'aud', flaw: (claims) => lacks(claims, 'aud') ?? audienceFlaw(claims, clientId) },
    {
      claim: 'azp',
      flaw: ({ azp }) =>
        isAbsent(azp) || azp === clientId
          ? null
          : refusal('id_token_azp', { found: azp, expected: clientId }),
    },
    ...timeClaims({ signed: 'id_token', now, oldest: OLDEST }),
    {
      claim: 'sub',
      flaw: (claims) =>
        lacks(claims, 'sub') ??
        (typeof claims['sub'] === 'string' ? null : refusal('id_token_claim_malformed', { claim: 'sub' })),
    },
  ]
}

const lacks = (claims: Claims, claim: string) =>
  isAbsent(claims[claim]) ? refusal('id_token_claim_missing', { claim }) : null

/** A token for others besides is taken only if `azp` says that it was made for us (3.1.3.7, 3 to 5). */
function audienceFlaw({ aud, azp }: Claims, clientId: string) {
  const audiences: unknown[] = [aud].flat()
  const isOurs = audiences.includes(clientId) && (audiences.length === 1 || !isAbsent(azp))
  return isOurs ? null : refusal('id_token_aud', { found: aud, expected: clientId })
}
