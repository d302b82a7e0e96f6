import type { Attempt } from '../../store/port.ts'
import { moves } from '../attempt.ts'
import { readLeg, writeLeg } from '../login-leg.ts'
import { go, refuse } from '../outcome.ts'
import { attemptOf, type Step } from '../visit.ts'

/** Starts the CRM's login, or sends the browser to the one already started. */
export const sendToLogin: Step = async (visit, { store, login, meter }) => {
  const { request, now } = visit
  const attempt = attemptOf(visit)
  const leg = attempt.status === 'arrived' && !request.again ? readLeg(attempt.login) : null
  if (leg) return { kind: 'login', location: new URL(leg.location) }

  const start = await login.begin({ attemptId: attempt.id, again: request.again })
  if (start.kind === 'unavailable') {
    visit.facts['code'] = start.code
    visit.err = start.cause
    meter.missed('logged_in', 'login_unavailable')
    return refuse('login_unavailable', attempt.id)
  }
  const text = writeLeg({ location: start.location.href, remember: start.remember })
  const moved = await store.attempts.move(attempt.id, moveTo(text, attempt, request.again), now)
  return moved ? { kind: 'login', location: start.location } : go('attempt', attempt.id)
}

function moveTo(leg: string, attempt: Attempt, again: boolean) {
  if (again) return moves.startOver(leg)
  return attempt.status === 'identifying' ? moves.restartLogin(leg) : moves.startLogin(leg)
}
