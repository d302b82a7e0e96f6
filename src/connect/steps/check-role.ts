import { roleRefusal } from '../../login/roles.ts'
import { moves } from '../attempt.ts'
import { go } from '../outcome.ts'
import { attemptOf, type Step } from '../visit.ts'

/** Asks once more, by the settings of this moment, whether a user of this role may connect. */
export const checkRole: Step = async (visit, { store, login, meter }) => {
  const attempt = attemptOf(visit)
  const role = attempt.identity?.role ?? null
  if (attempt.status !== 'identified' || login.mayConnect(role)) return undefined
  const refused = moves.fail('not_allowed', roleRefusal(role))
  const failed = await store.attempts.move(attempt.id, refused)
  if (failed) meter.missed('confirmed', 'not_allowed')
  return go('result', attempt.id)
}
