import type { LoginFailure } from '../login/port.ts'
import type { Visit } from './visit.ts'

/** What the log says of a login that does not begin, or does not end in a user. */
export function noteFailure(visit: Visit, failure: LoginFailure): void {
  visit.facts['code'] = failure.code
  visit.err = failure.cause
  if (failure.kind === 'unavailable') return
  if (failure.hint !== undefined) visit.facts['hint'] = failure.hint
  if (failure.reason === 'login_misconfigured' || failure.isBug) visit.isError = true
}
