import { decodeProtectedHeader, errors, type ProtectedHeaderParameters } from 'jose'
import type { FailureCode } from './failures.ts'
import { LoginRefused, type Facts } from './login-refused.ts'

/** Whose signature was looked at. */
export type Signed = 'token' | 'id_token' | 'userinfo'

type Flaw = 'alg' | 'extension' | 'key_ambiguous' | 'key_unknown' | 'key_unusable' | 'malformed' | 'signature'

/** What the library has found wrong with a signature, in our words; null when it is about something else. */
export function signatureRefused(
  signed: Signed,
  error: unknown,
  { token, algorithms }: { token: string; algorithms: string[] },
): LoginRefused | null {
  const { alg, kid, crit } = headerOf(token)
  const rows: [abstract new (...args: never[]) => Error, Flaw, Facts?][] = [
    [errors.JOSEAlgNotAllowed, 'alg', { found: alg, expected: algorithms }],
    [errors.JWSSignatureVerificationFailed, 'signature'],
    [errors.JWKSNoMatchingKey, 'key_unknown', { found: kid }],
    [errors.JWKSMultipleMatchingKeys, 'key_ambiguous'],
    [errors.JOSENotSupported, crit === undefined ? 'key_unusable' : 'extension'],
    [errors.JWKInvalid, 'key_unusable'],
    [errors.JWSInvalid, 'malformed'],
    [errors.JWTInvalid, 'malformed'],
    [TypeError, 'key_unusable'],
    [DOMException, 'key_unusable'],
  ]
  const row = rows.find(([kind]) => error instanceof kind)
  if (!row) return null
  const code: FailureCode = `${signed}_${row[1]}`
  return new LoginRefused(code, row[2])
}

function headerOf(token: string): ProtectedHeaderParameters {
  try {
    return decodeProtectedHeader(token)
  } catch {
    return {}
  }
}
