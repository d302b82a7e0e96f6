import { digest } from '../../crypto/digest.ts'
import { minutes } from '../../shared/clock.ts'
import { readLoginRound } from '../login-round.ts'
import { refuse } from '../outcome.ts'
import type { Step } from '../visit.ts'

const PARKED_FOR = minutes(1)

/**
 * A login that answers by POST comes from another site, so the browser leaves its Lax cookie at home. The answer is
 * put aside for a moment and the browser sent round once more, this time with its cookie. Until then nobody knows who has
 * sent it: it is kept by what it proves, so that a stranger's takes no other one's place; and by where it comes from when it
 * proves nothing, which may be for want of the CRM's keys.
 */
export const parkAnswer: Step = async ({ answer, request }, { store, login, random }) => {
  const attemptId = login.attemptOf(answer)
  // Only for an attempt that exists, and a few for each, so that strangers cannot fill the table.
  const attempt = attemptId === null ? null : await store.attempts.find(attemptId)
  if (!attempt) return refuse('bad_request')
  const round = readLoginRound(attempt.login)
  const sender = round && (await login.senderOf({ ...answer, remembered: round.remember }))
  const ticket = random(32)
  const parked = {
    attemptId: attempt.id,
    sender,
    from: request.address,
    idHash: digest(ticket),
    answer: answer.params.toString(),
    keptFor: PARKED_FOR,
  }
  await store.parked.put(parked)
  return { kind: 'parked', ticket }
}
