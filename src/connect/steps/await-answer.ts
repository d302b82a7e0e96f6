import { seconds } from '../../shared/clock.ts'
import { LONGEST_CHECK } from './check-answer.ts'
import { attemptOf, type Step } from '../visit.ts'

/** Longer than the check of an answer may take; after that it was lost in a crash. */
export const LONGEST_WAIT = LONGEST_CHECK + seconds(1)

const PAUSE = 200

/**
 * While an answer of the login is being checked, a reload or a second tab waits for the outcome. Starting another
 * login instead would throw the first one away.
 */
export const awaitAnswer: Step = async (visit, { store, sleep, monotonic }) => {
  const end = monotonic() + LONGEST_WAIT
  while (attemptOf(visit).status === 'identifying' && monotonic() < end) {
    await sleep(PAUSE)
    visit.attempt = (await store.attempts.find(attemptOf(visit).id)) ?? visit.attempt
  }
  return undefined
}
