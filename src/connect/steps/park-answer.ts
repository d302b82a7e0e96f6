import { digest } from '../../crypto/digest.ts'
import { minutes } from '../../shared/clock.ts'
import { refuse } from '../outcome.ts'
import type { Step } from '../visit.ts'

const PARKED_FOR = minutes(1)

/**
 * A login that answers by POST comes from another site, so the browser leaves its Lax cookie at home. The answer is
 * put aside for a moment and the browser sent round once more, this time with its cookie.
 */
export const parkAnswer: Step = async ({ answer }, { store, login, random }) => {
  const attemptId = login.attemptOf(answer)
  // Only for an attempt that exists, and one for each, so that strangers cannot fill the table.
  if (attemptId === null || !(await store.attempts.find(attemptId))) return refuse('bad_request')
  const ticket = random(32)
  const parked = { attemptId, idHash: digest(ticket), answer: answer.toString(), keptFor: PARKED_FOR }
  await store.parked.put(parked)
  return { kind: 'parked', ticket }
}
