import { errors, type JWTPayload } from 'jose'
import { isAbsent } from '../claim-path.ts'
import type { FailureCode } from '../failures.ts'
import { LoginRefused } from '../login-refused.ts'
import { signatureRefused } from '../signature-refused.ts'

export interface Expected {
  issuer: string
  audience: string
  algorithms: string[]
  /** The time of the check, in seconds. */
  now: number
  /** Whether these claims, whose signature is right, are an answer to the login under way. */
  isForThisLogin: (claims: JWTPayload) => boolean
}

/** What the library has found wrong with a token, in our words; any other error as it came. */
export function explain(error: unknown, token: string, expected: Expected): unknown {
  if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired) {
    return claimRefused(error, expected)
  }
  const { algorithms } = expected
  return signatureRefused('token', error, { token, algorithms }) ?? error
}

/** The claims stand on the error, since their signature has been checked before them. */
function claimRefused(
  { claim, reason, payload }: errors.JWTClaimValidationFailed | errors.JWTExpired,
  { issuer, audience, now, isForThisLogin }: Expected,
): LoginRefused {
  const found = payload[claim]
  if (claim === 'nonce') return new LoginRefused('token_nonce_missing')
  if (!isForThisLogin(payload)) return new LoginRefused('token_for_other_request')
  if (claim === 'iss') return new LoginRefused('token_iss', { found, expected: issuer })
  if (claim === 'aud') return new LoginRefused('token_aud', { found, expected: audience })
  if (isAbsent(found) && claim !== 'nbf') return new LoginRefused('token_claim_missing', { claim })
  if (typeof found !== 'number' || reason === 'invalid') {
    return new LoginRefused('token_claim_malformed', { claim })
  }
  const seconds = Math.abs(Math.round(found - now))
  return new LoginRefused(timeCode(claim, found > now), { seconds })
}

function timeCode(claim: string, isAhead: boolean): FailureCode {
  if (claim === 'nbf') return 'token_not_yet_valid'
  if (claim === 'exp') return 'token_expired'
  return isAhead ? 'token_from_future' : 'token_too_old'
}
