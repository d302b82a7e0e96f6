import { jwtVerify } from 'jose'
import { sameSecret } from '../../crypto/digest.ts'
import { after, seconds } from '../../shared/clock.ts'
import { identifier, type Claims } from '../identify.ts'
import { LoginRefused } from '../login-refused.ts'
import { TOLERANCE } from '../tolerance.ts'
import type { HandoffParts } from './parts.ts'

/** In seconds. */
const LONGEST_LIFE = 120

const LONGEST_JTI = 200

/** Not `role`: whether one is needed is for the settings to say, and `identify` goes by them. */
const required = ['exp', 'nonce', 'jti', 'sub', 'user_name', 'account_id', 'account_name']

export interface VerifiedHandoff {
  claims: Claims
  jti: string
  /** From here on the token is refused for its age alone. */
  staleAt: Date
}

/**
 * Checks everything about a token but whether it has been used before. `nonce` is the request of the leg.
 * @throws {LoginRefused} or jose's error about the token; PeerUnavailable when the keys cannot be had
 */
export async function verify(
  token: string,
  nonce: string,
  { keys, settings, deps }: HandoffParts,
): Promise<VerifiedHandoff> {
  const { payload } = await jwtVerify(token, keys.find, {
    algorithms: keys.algorithms,
    issuer: settings.HANDOFF_ISSUER,
    audience: deps.publicUrl.origin,
    requiredClaims: required,
    currentDate: deps.clock(),
    clockTolerance: TOLERANCE,
    maxTokenAge: LONGEST_LIFE,
  })
  const { exp = 0, iat = 0 } = payload
  if (exp - iat > LONGEST_LIFE) throw new LoginRefused('token_lives_too_long')
  if (typeof payload['nonce'] !== 'string' || !sameSecret(payload['nonce'], nonce)) {
    throw new LoginRefused('token_for_other_request')
  }
  const jti = identifier(payload.jti, LONGEST_JTI)
  if (jti === null) throw new LoginRefused('token_id_unusable')
  return { claims: payload, jti, staleAt: after(new Date(seconds(exp)), seconds(2 * TOLERANCE)) }
}
