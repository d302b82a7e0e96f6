import { AuthorizationResponseError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client'
import { peerFailure } from '../bounded-fetch.ts'
import { failureCode } from '../failure-code.ts'
import type { LoginOutcome } from '../port.ts'

/** Words of the protocol by which an issuer says no; any other is not repeated in a log. */
const noes = new Set([
  'access_denied',
  'account_selection_required',
  'consent_required',
  'interaction_required',
  'invalid_client',
  'invalid_grant',
  'invalid_request',
  'invalid_scope',
  'invalid_token',
  'login_required',
  'unauthorized_client',
  'unsupported_grant_type',
  'unsupported_response_type',
])

/** Words by which it says: not now. */
const notNow = new Set(['server_error', 'temporarily_unavailable'])

/** Words by which the token endpoint says that it does not know the client, or its secret, or the way it came in. */
const CLIENT_REFUSED = new Set(['invalid_client', 'unauthorized_client'])

const CLIENT_HINT =
  'Compare OIDC_CLIENT_ID and OIDC_CLIENT_SECRET with the client at the provider, and try OIDC_CLIENT_AUTH=post, or basic: some providers hold each client to one of the two.'

/** What became of a login that ended in an error of the issuer, of the library, or of one of our checks. */
export function outcomeOf(error: unknown): LoginOutcome {
  const failure = peerFailure(error)
  if (failure) return { kind: 'unavailable', code: failure.code, cause: failure }
  const word = wordOf(error)
  if (notNow.has(word)) return { kind: 'unavailable', code: word }
  return {
    kind: 'refused',
    reason: 'login_failed',
    code: noes.has(word) ? word : failureCode(error),
    ...(CLIENT_REFUSED.has(word) && { hint: CLIENT_HINT }),
  }
}

function wordOf(error: unknown): string {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) return error.error
  if (error instanceof WWWAuthenticateChallengeError) return error.cause[0]?.parameters.error ?? ''
  return ''
}
