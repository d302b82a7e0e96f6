import { peerFailure } from './bounded-fetch.ts'
import { LoginRefused, refusal } from './login-refused.ts'
import type { LoginOutcome } from './port.ts'

/** What became of a login that ended in an error. One that has no row in the table is our own fault. */
export function outcomeOf(error: unknown): LoginOutcome {
  const failure = peerFailure(error)
  if (failure) return { kind: 'unavailable', code: failure.code, cause: failure }
  if (error instanceof LoginRefused) return error.outcome
  const found = error instanceof Error ? error.name : typeof error
  return { ...refusal('unexpected', { found }), cause: error }
}
