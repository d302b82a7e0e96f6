import type { LoginOutcome } from '../../login/port.ts'
import { moves } from '../attempt.ts'
import { go, refuse, type Step, type Visit } from '../visit.ts'
import { rememberedIn } from './send-to-login.ts'

/** Has the login method check the answer, and writes down who the person is, or why they are not let in. */
export const identify: Step = async (visit, { store, login }) => {
  const { attempt, answer, now } = visit
  const remembered = rememberedIn(attempt?.login ?? null)
  if (!attempt || remembered === null) return refuse('unknown_attempt')
  const outcome = await login.complete({ params: answer, remembered })
  await store.attempts.move(attempt.id, moveAfter(outcome), now)
  note(visit, outcome)
  switch (outcome.kind) {
    case 'identified':
      return go('attempt', attempt.id)
    case 'refused':
      return go('result', attempt.id)
    case 'unavailable':
      return refuse('login_unavailable', attempt.id)
  }
}

function moveAfter(outcome: LoginOutcome) {
  if (outcome.kind === 'identified') return moves.identify(outcome.identity)
  return outcome.kind === 'refused' ? moves.fail(outcome.reason) : moves.forgetLogin()
}

function note({ facts }: Visit, outcome: LoginOutcome) {
  facts['login'] = outcome.kind
  if (outcome.kind === 'identified') facts['crmAccountId'] = outcome.identity.crmAccountId
  else facts['code'] = outcome.code
}
