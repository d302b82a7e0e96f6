import { origin } from '../../config/fields/web-url.ts'
import { sameSecret } from '../../crypto/digest.ts'
import { seconds } from '../../shared/clock.ts'
import { demand, type ClaimCheck } from '../claim-check.ts'
import type { Claims } from '../claim-path.ts'
import { isIdentifier } from '../identify.ts'
import { refusal } from '../login-refused.ts'
import { timeClaims } from '../time-claims.ts'
import { TOLERANCE } from '../tolerance.ts'
import type { HandoffParts } from './parts.ts'

/** In seconds. */
const LONGEST_LIFE = 120

const LONGEST_JTI = 200

export interface VerifiedHandoff {
  claims: Claims
  jti: string
  /** After so many milliseconds the token is refused for its age alone. */
  staleIn: number
}

/**
 * Checks everything about a token but whether it has been used before. `nonce` is the request of the round.
 * @throws {LoginRefused} PeerUnavailable when the keys cannot be had
 */
export async function verify(token: string, nonce: string, parts: HandoffParts): Promise<VerifiedHandoff> {
  const claims = await parts.keys.claimsOf(token)
  // First of all: only the flaws of a token that was made for this login are surely the CRM's.
  demand([nonceClaim(nonce), ...frameClaims(parts)], claims)
  const staleIn = seconds(Number(claims['exp']) + 2 * TOLERANCE) - parts.deps.clock().getTime()
  return { claims, jti: String(claims['jti']), staleIn }
}

const nonceClaim = (request: string): ClaimCheck => ({
  claim: 'nonce',
  flaw({ nonce }) {
    if (nonce === undefined) return refusal('token_nonce_missing')
    const isOurs = typeof nonce === 'string' && sameSecret(nonce, request)
    return isOurs ? null : refusal('token_for_other_request')
  },
})

/** What a hand-over has to say besides its nonce and who somebody is. */
export function frameClaims({ settings, deps }: HandoffParts): ClaimCheck[] {
  const { HANDOFF_ISSUER: issuer } = settings
  return [
    {
      claim: 'iss',
      flaw: ({ iss }) => (iss === issuer ? null : refusal('token_iss', { found: iss, expected: issuer })),
    },
    {
      claim: 'aud',
      flaw: ({ aud }) =>
        [aud].flat().some((one) => isSpelling(deps.publicUrl, one))
          ? null
          : refusal('token_aud', { found: aud, expected: deps.publicUrl.origin }),
    },
    ...timeClaims({ signed: 'token', now: deps.clock(), oldest: LONGEST_LIFE + TOLERANCE }),
    {
      claim: 'exp',
      flaw({ exp, iat }) {
        const life = Number(exp) - Number(iat)
        const isTooLong = life > LONGEST_LIFE
        return isTooLong ? refusal('token_lives_too_long', { found: life, expected: LONGEST_LIFE }) : null
      },
    },
    {
      claim: 'jti',
      flaw: ({ jti }) => (isIdentifier(jti, LONGEST_JTI) ? null : refusal('token_id_unusable')),
    },
    {
      claim: 'user_name',
      // A user may leave their own name empty, which must not raise an alarm; leaving the claim out is the CRM's doing.
      flaw: ({ user_name: name }) =>
        name === undefined ? refusal('token_claim_missing', { claim: 'user_name' }) : null,
    },
  ]
}

/** A CRM signs what it knows as PUBLIC_URL: as somebody wrote it there, or as it is written properly. */
const isSpelling = ({ origin: own }: URL, aud: unknown) =>
  aud === own || anOrigin.safeParse(aud).data?.origin === own

const anOrigin = origin()
