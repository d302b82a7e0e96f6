import { moves } from '../attempt.ts'
import { go } from '../outcome.ts'
import { attemptOf, type Step } from '../visit.ts'

/** The person said no. Wazzup has no route to be told so; the state is simply not used. */
export const cancel: Step = async (visit, { store, meter }) => {
  const { id } = attemptOf(visit)
  if (await store.attempts.move(id, moves.cancel())) meter.missed('confirmed', 'cancelled')
  return go('result', id)
}
