import { moves } from '../attempt.ts'
import { go } from '../outcome.ts'
import { attemptOf, type Step } from '../visit.ts'

/** Asks once more, by the settings of this moment, whether a user of this role may connect. */
export const checkRole: Step = async (visit, { store, login }) => {
  const attempt = attemptOf(visit)
  if (attempt.status !== 'identified' || login.mayConnect(attempt.identity?.role ?? null)) return undefined
  await store.attempts.move(attempt.id, moves.fail('not_allowed'), visit.now)
  return go('result', attempt.id)
}
