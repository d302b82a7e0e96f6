import { decodeProtectedHeader, errors, type JWTPayload, type ProtectedHeaderParameters } from 'jose'
import { isAbsent } from '../claim-path.ts'
import type { FailureCode } from '../failures.ts'
import { LoginRefused, type Facts } from '../login-refused.ts'

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
  const { alg, kid, crit } = headerOf(token)
  const rows: [abstract new (...args: never[]) => Error, FailureCode, Facts?][] = [
    [errors.JOSEAlgNotAllowed, 'token_alg', { found: alg, expected: expected.algorithms }],
    [errors.JWSSignatureVerificationFailed, 'token_signature'],
    [errors.JWKSNoMatchingKey, 'token_key_unknown', { found: kid }],
    [errors.JWKSMultipleMatchingKeys, 'token_key_ambiguous'],
    [errors.JOSENotSupported, crit === undefined ? 'token_key_unusable' : 'token_extension'],
    [errors.JWKInvalid, 'token_key_unusable'],
    [errors.JWSInvalid, 'token_malformed'],
    [errors.JWTInvalid, 'token_malformed'],
    [TypeError, 'token_key_unusable'],
    [DOMException, 'token_key_unusable'],
  ]
  const row = rows.find(([kind]) => error instanceof kind)
  return row ? new LoginRefused(row[1], row[2]) : error
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

function headerOf(token: string): ProtectedHeaderParameters {
  try {
    return decodeProtectedHeader(token)
  } catch {
    return {}
  }
}
