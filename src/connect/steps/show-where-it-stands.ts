import { isExpired, mayLogInAgain } from '../attempt.ts'
import { go } from '../outcome.ts'
import { attemptOf, type Step } from '../visit.ts'

/** To the result if there is one, to the confirm page if that is next; otherwise the login follows. */
export const showWhereItStands: Step = async (visit) => {
  const attempt = attemptOf(visit)
  if (visit.request.again && mayLogInAgain(attempt)) return undefined
  if (isExpired(attempt)) return go('result', attempt.id)
  if (attempt.status === 'identified') return go('confirm', attempt.id)
  const waitsForLogin = attempt.status === 'arrived' || attempt.status === 'identifying'
  return waitsForLogin ? undefined : go('result', attempt.id)
}
