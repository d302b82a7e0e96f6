import { isExpired, mayLogInAgain } from '../attempt.ts'
import { go, refuse, type Step } from '../visit.ts'

/** To the result if there is one, to the confirm page if that is next; otherwise the login follows. */
export const showWhereItStands: Step = async ({ attempt, request, now }) => {
  if (!attempt) return refuse('unknown_attempt')
  if (request.again && mayLogInAgain(attempt, now)) return undefined
  if (attempt.status === 'identified' && !isExpired(attempt, now)) return go('confirm', attempt.id)
  const waitsForLogin = attempt.status === 'arrived' || attempt.status === 'identifying'
  return waitsForLogin && !isExpired(attempt, now) ? undefined : go('result', attempt.id)
}
