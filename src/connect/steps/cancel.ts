import { moves } from '../attempt.ts'
import { go } from '../outcome.ts'
import { attemptOf, type Step } from '../visit.ts'

/** The person said no. Wazzup has no route to be told so; the state is simply not used. */
export const cancel: Step = async (visit, { store }) => {
  const { id } = attemptOf(visit)
  await store.attempts.move(id, moves.cancel(), visit.now)
  return go('result', id)
}
