import { digest } from '../../crypto/digest.ts'
import { ATTEMPT_LIFE } from '../attempt.ts'
import { claimsOf, stateHashOf } from '../state.ts'
import { refuse } from '../outcome.ts'
import type { Step } from '../visit.ts'

/** Opens an attempt and binds it to this browser by a secret that only its cookie holds. */
export const openAttempt: Step = async ({ state }, { store, random, settings, meter }) => {
  if (state === null) return refuse('bad_state')
  const id = random(16)
  const browserSecret = random(32)
  const attempt = {
    id,
    state,
    stateHash: stateHashOf(state),
    browserHash: digest(browserSecret),
    wazzupAccountId: claimsOf(state).wazzupAccountId,
    life: ATTEMPT_LIFE,
  }
  if (!(await store.attempts.open(attempt, settings.unfinishedAttempts))) {
    meter.missed('arrived', 'overloaded')
    return refuse('overloaded')
  }
  meter.reached('arrived')
  return { kind: 'opened', attemptId: id, browserSecret }
}
