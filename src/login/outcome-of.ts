import { peerFailure, type PeerUnavailable } from './bounded-fetch.ts'
import { FAILURES, type FailureCode } from './failures.ts'
import { LoginRefused, refusal } from './login-refused.ts'
import type { LoginFailure } from './port.ts'

/** What became of a login that ended in an error. One that has no row in the table is a mistake of the service itself. */
export function outcomeOf(error: unknown): LoginFailure {
  const failure = peerFailure(error)
  if (failure) return failureOf(failure)
  if (error instanceof LoginRefused) return error.outcome
  const found = error instanceof Error ? error.name : typeof error
  return { ...refusal('unexpected', { found }), isBug: true, cause: error }
}

/** An answer of no use may be the vendor's mistake, as a document of another issuer is: no waiting mends that. */
function failureOf(failure: PeerUnavailable): LoginFailure {
  const { code, hint = '' } = failure
  const { reason } = FAILURES[code as FailureCode]
  if (reason === 'login_unavailable') return { kind: 'unavailable', code, cause: failure }
  return { kind: 'refused', reason, code, hint, cause: failure }
}
