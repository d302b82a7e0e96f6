import { jwtVerify, type JWTPayload } from 'jose'
import { sameSecret } from '../../crypto/digest.ts'
import { seconds } from '../../shared/clock.ts'
import type { Claims } from '../claim-path.ts'
import { identifier } from '../identify.ts'
import { LoginRefused } from '../login-refused.ts'
import { TOLERANCE } from '../tolerance.ts'
import { explain } from './explain.ts'
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
  const isForThisLogin = (claims: JWTPayload) =>
    typeof claims['nonce'] === 'string' && sameSecret(claims['nonce'], nonce)
  const payload = await signedClaims(token, isForThisLogin, parts)
  if (!isForThisLogin(payload)) throw new LoginRefused('token_for_other_request')
  const { exp = 0, iat = 0 } = payload
  if (exp - iat > LONGEST_LIFE) {
    throw new LoginRefused('token_lives_too_long', { found: exp - iat, expected: LONGEST_LIFE })
  }
  const jti = identifier(payload.jti, LONGEST_JTI)
  if (jti === null) throw new LoginRefused('token_id_unusable')
  // A user may leave their own name empty, which must not raise an alarm; leaving the claim out is the CRM's doing.
  if (payload['user_name'] === undefined)
    throw new LoginRefused('token_claim_missing', { claim: 'user_name' })
  const staleIn = seconds(exp + 2 * TOLERANCE) - parts.deps.clock().getTime()
  return { claims: payload, jti, staleIn }
}

async function signedClaims(
  token: string,
  isForThisLogin: (claims: JWTPayload) => boolean,
  { keys, settings, deps }: HandoffParts,
): Promise<JWTPayload> {
  const { algorithms } = keys
  const now = deps.clock()
  const expected = { issuer: settings.HANDOFF_ISSUER, audience: deps.publicUrl.origin, algorithms }
  try {
    const options = { clockTolerance: TOLERANCE, maxTokenAge: LONGEST_LIFE, currentDate: now }
    const requiredClaims = ['exp', 'nonce']
    return (await jwtVerify(token, keys.find, { ...expected, ...options, requiredClaims })).payload
  } catch (error) {
    throw explain(error, token, { ...expected, now: Math.floor(now.getTime() / 1000), isForThisLogin })
  }
}
