import { AppError } from '../../shared/app-error.ts'
import { seconds } from '../../shared/clock.ts'
import { inTime } from '../../shared/sleep.ts'
import type { LoginOutcome } from '../../login/port.ts'
import { moves } from '../attempt.ts'
import { readLoginRound } from '../login-round.ts'
import { noteFailure } from '../note-failure.ts'
import { go, refuse } from '../outcome.ts'
import { attemptOf, type Step, type Visit } from '../visit.ts'

/** Over all the calls that a check may need; a reload waits a little longer (`await-answer.ts`). */
export const LONGEST_CHECK = seconds(7)

/** Has the login method check the answer, and writes down who the person is, or why they are not let in. */
export const checkAnswer: Step = async (visit, { store, login, sleep, meter }) => {
  const attempt = attemptOf(visit)
  const round = readLoginRound(attempt.login)
  if (!round)
    throw new AppError('An answer was taken without a login under way', { code: 'login_round_missing' })
  const checked = login.complete({ ...visit.answer, remembered: round.remember })
  const outcome = (await inTime(checked, LONGEST_CHECK, sleep)) ?? TOO_LATE
  const stored = await store.attempts.move(attempt.id, moveAfter(outcome))
  note(visit, outcome)
  if (!stored) {
    // The attempt's time ran out meanwhile, or the person has started over.
    visit.facts['login'] = 'overtaken'
    return go('attempt', attempt.id)
  }
  switch (outcome.kind) {
    case 'identified':
      meter.reached('logged_in')
      return go('confirm', attempt.id)
    case 'refused':
      meter.missed('logged_in', outcome.reason)
      return go('result', attempt.id)
    case 'unavailable':
      meter.missed('logged_in', 'login_unavailable')
      return refuse('login_unavailable', attempt.id)
  }
}

const TOO_LATE: LoginOutcome = { kind: 'unavailable', code: 'login_deadline' }

function moveAfter(outcome: LoginOutcome) {
  if (outcome.kind === 'identified') return moves.identify(outcome.identity)
  if (outcome.kind === 'unavailable') return moves.forgetLogin(outcome.code)
  const { reason, code } = outcome
  return reason === 'cancelled' ? moves.cancelLogin(code) : moves.fail(reason, code)
}

function note(visit: Visit, outcome: LoginOutcome) {
  visit.facts['login'] = outcome.kind
  if (outcome.kind === 'identified') {
    visit.facts['crmAccountId'] = outcome.identity.crmAccountId
    return
  }
  noteFailure(visit, outcome)
}
