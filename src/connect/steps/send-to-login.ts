import type { Attempt } from '../../store/port.ts'
import { moves } from '../attempt.ts'
import { readLoginRound, writeLoginRound } from '../login-round.ts'
import { noteFailure } from '../note-failure.ts'
import { go, refuse } from '../outcome.ts'
import { attemptOf, type Step } from '../visit.ts'

/** Starts the CRM's login, or sends the browser to the one already started. */
export const sendToLogin: Step = async (visit, { store, login, meter }) => {
  const { request } = visit
  const attempt = attemptOf(visit)
  const round = attempt.status === 'arrived' && !request.again ? readLoginRound(attempt.login) : null
  if (round) return { kind: 'login', location: new URL(round.location) }

  const start = await login.begin({ attemptId: attempt.id, again: request.again })
  if (start.kind !== 'redirect') {
    const isVendors = start.kind === 'refused' && start.reason === 'login_misconfigured'
    const problem = isVendors ? 'login_misconfigured' : 'login_unavailable'
    noteFailure(visit, start)
    await store.attempts.tell(attempt.id, { step: problem, code: start.code })
    meter.missed('logged_in', problem)
    return refuse(problem, attempt.id)
  }
  const text = writeLoginRound({ location: start.location.href, remember: start.remember })
  const moved = await store.attempts.move(attempt.id, moveTo(text, attempt, request.again))
  return moved ? { kind: 'login', location: start.location } : go('attempt', attempt.id)
}

function moveTo(round: string, attempt: Attempt, again: boolean) {
  if (again) return attempt.status === 'cancelled' ? moves.logInAfterAll(round) : moves.startOver(round)
  return attempt.status === 'identifying' ? moves.restartLogin(round) : moves.startLogin(round)
}
