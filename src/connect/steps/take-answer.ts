import { isOpen, moves } from '../attempt.ts'
import { go, refuse, type Step } from '../visit.ts'

/** Lets one answer of the login through; a repeated one finds the attempt further on and is sent there. */
export const takeAnswer: Step = async ({ attempt, now }, { store }) => {
  if (!attempt) return refuse('unknown_attempt')
  const waits = isOpen(attempt, now) && attempt.login !== null
  const taken = waits && (await store.attempts.move(attempt.id, moves.takeAnswer(), now))
  return taken ? undefined : go('attempt', attempt.id)
}
