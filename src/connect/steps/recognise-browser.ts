import { digest, sameSecret } from '../../crypto/digest.ts'
import { refuse } from '../outcome.ts'
import type { Step } from '../visit.ts'

/**
 * Finds the attempt, for the browser that opened it only. An unknown attempt and another browser's look the same, and
 * neither is touched: a wrong browser cannot spend anything of the right one.
 */
export const recogniseBrowser: Step = async (visit, { store }) => {
  const { attemptId, request } = visit
  const secret = attemptId === null ? undefined : request.browser.get(attemptId)
  if (attemptId === null || secret === undefined) return refuse('unknown_attempt')
  const attempt = await store.attempts.find(attemptId)
  if (!attempt || !sameSecret(attempt.browserHash, digest(secret))) return refuse('unknown_attempt')
  visit.attempt = attempt
  visit.browserSecret = secret
  return undefined
}
