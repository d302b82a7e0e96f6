import {
  compactVerify,
  decodeProtectedHeader,
  errors,
  type CompactVerifyGetKey,
  type ProtectedHeaderParameters,
} from 'jose'
import { parseJson } from '../shared/parse-json.ts'
import { peerFailure } from './bounded-fetch.ts'
import { isObject, type Claims } from './claim-path.ts'
import type { FailureCode } from './failures.ts'
import { LoginRefused, type Facts } from './login-refused.ts'

/** Whose signature is looked at. */
type Signed = 'token' | 'id_token' | 'userinfo'

/** With what it may be signed. */
interface Trusted {
  find: CompactVerifyGetKey
  algorithms: string[]
}

/**
 * The claims of a token whose signature is right. None of them has been judged.
 * @throws {LoginRefused} PeerUnavailable when the keys cannot be had
 */
export async function signedClaims(
  signed: Signed,
  token: string,
  { find, algorithms }: Trusted,
): Promise<Claims> {
  try {
    const { payload, protectedHeader } = await compactVerify(token, find, { algorithms })
    // RFC 7797 lets a payload go without base64url; RFC 7519 lets no claims do so.
    if (protectedHeader.crit !== undefined) throw new LoginRefused(`${signed}_extension`)
    const claims = parseJson(new TextDecoder().decode(payload))
    if (!isObject(claims)) throw new LoginRefused(`${signed}_malformed`)
    return claims
  } catch (error) {
    throw peerFailure(error) ?? signatureRefused(signed, error, { token, algorithms }) ?? error
  }
}

type Flaw = 'alg' | 'extension' | 'key_ambiguous' | 'key_unknown' | 'key_unusable' | 'malformed' | 'signature'

/** What the library has found wrong with a signature, in our words; null when it is about something else. */
function signatureRefused(
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
