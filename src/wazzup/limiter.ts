import { seconds, type Monotonic } from '../shared/clock.ts'
import type { Sleep } from '../shared/sleep.ts'
import type { AuthorizedCall } from './authorized-call.ts'
import { createSharedLimit, createTimes } from './shared-limit.ts'

/** Of the 500 requests that Wazzup takes per key in 5 s (fact sheet, 2.4) some are left to the customer's handler. */
export const RATE: Rate = { limit: 400, window: seconds(5) }

/** A key that has sent less than this part of its own measure has not used up Wazzup's. */
const FAR_BELOW = 0.5

export interface Rate {
  limit: number
  /** Milliseconds. In any span of this length there are at most `limit` requests, wherever Wazzup's window begins. */
  window: number
}

/**
 * Lets calls with one apiKey pass only so fast. Each key has a measure of its own, and all have one together while Wazzup
 * shows that it counts them together.
 */
export function createLimitedCall(
  call: AuthorizedCall,
  { limit, window, monotonic, sleep }: Rate & { monotonic: Monotonic; sleep: Sleep },
): AuthorizedCall {
  const passed = new Map<string, ReturnType<typeof createTimes>>()
  const together = createSharedLimit(window, monotonic)

  function timesOf(apiKey: string) {
    const times = passed.get(apiKey) ?? createTimes(window)
    passed.set(apiKey, times)
    return times
  }

  /** Milliseconds until this key may send; 0 takes the place at once. */
  function take(apiKey: string): number {
    const now = monotonic()
    for (const [key, times] of passed) if (times.count(now) === 0) passed.delete(key)
    const times = timesOf(apiKey)
    const wait = together.take(times.untilFewer(limit, now))
    if (wait === 0) times.add(now)
    return wait
  }

  return async (request) => {
    const { apiKey } = request
    for (let wait = take(apiKey); wait > 0; wait = take(apiKey)) await sleep(wait)
    const sentAt = monotonic()
    const outcome = await call(request)
    // Wazzup itself has not answered.
    if (outcome.kind === 'unavailable') return outcome
    const isFarBelow = timesOf(apiKey).count(monotonic()) < limit * FAR_BELOW
    together.answered({ apiKey, sentAt, isRefused: outcome.kind === 'rate_limited', isFarBelow })
    return outcome
  }
}
