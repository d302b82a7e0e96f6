import { moves } from '../attempt.ts'
import { go } from '../outcome.ts'
import { attemptOf, type Step } from '../visit.ts'

/** Asks once more, by the settings of this moment, whether a user of this role may connect. */
export const checkRole: Step = async (visit, { store, login, meter }) => {
  const attempt = attemptOf(visit)
  if (attempt.status !== 'identified' || login.mayConnect(attempt.identity?.role ?? null)) return undefined
  const failed = await store.attempts.move(attempt.id, moves.fail('not_allowed', 'role_not_allowed'))
  if (failed) meter.missed('confirmed', 'not_allowed')
  return go('result', attempt.id)
}
