import { moves } from '../attempt.ts'
import { go, refuse, type Step } from '../visit.ts'

/** Asks once more, by the settings of this moment, whether a user of this role may connect. */
export const checkRole: Step = async ({ attempt, now }, { store, login }) => {
  if (!attempt) return refuse('unknown_attempt')
  if (attempt.status !== 'identified' || login.mayConnect(attempt.identity?.role ?? null)) return undefined
  await store.attempts.move(attempt.id, moves.fail('not_allowed'), now)
  return go('result', attempt.id)
}
