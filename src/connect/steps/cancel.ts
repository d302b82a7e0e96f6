import { moves } from '../attempt.ts'
import { go, refuse, type Step } from '../visit.ts'

/** The person said no. Wazzup has no route to be told so; the state is simply not used. */
export const cancel: Step = async ({ attempt, now }, { store }) => {
  if (!attempt) return refuse('unknown_attempt')
  await store.attempts.move(attempt.id, moves.cancel(), now)
  return go('result', attempt.id)
}
