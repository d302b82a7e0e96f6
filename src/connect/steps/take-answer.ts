import { isOpen, moves } from '../attempt.ts'
import { go } from '../outcome.ts'
import { attemptOf, type Step } from '../visit.ts'

/** Lets one answer of the login through; a repeated one finds the attempt further on and is sent there. */
export const takeAnswer: Step = async (visit, { store }) => {
  const attempt = attemptOf(visit)
  const waits = isOpen(attempt) && attempt.login !== null
  const taken = waits && (await store.attempts.move(attempt.id, moves.takeAnswer()))
  return taken ? undefined : go('attempt', attempt.id)
}
