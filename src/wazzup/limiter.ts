import { seconds, type Monotonic } from '../shared/clock.ts'
import type { Sleep } from '../shared/sleep.ts'
import type { AuthorizedCall } from './authorized-call.ts'

/** Of the 500 requests that Wazzup takes per key in 5 s (fact sheet, 2.4) some are left to the customer's handler. */
export const RATE: Rate = { limit: 400, window: seconds(5) }

export interface Rate {
  limit: number
  /** Milliseconds. In any span of this length there are at most `limit` requests, wherever Wazzup's window begins. */
  window: number
}

/** Lets calls with one apiKey pass only so fast; each key has a measure of its own. */
export function createLimitedCall(
  call: AuthorizedCall,
  { limit, window, monotonic, sleep }: Rate & { monotonic: Monotonic; sleep: Sleep },
): AuthorizedCall {
  const passed = new Map<string, number[]>()

  /** Milliseconds until this key may send; 0 takes the place at once. */
  function take(apiKey: string): number {
    const now = monotonic()
    for (const [key, times] of passed) if ((times.at(-1) ?? 0) <= now - window) passed.delete(key)
    const times = (passed.get(apiKey) ?? []).filter((time) => time > now - window)
    passed.set(apiKey, times)
    const oldest = times.at(-limit)
    if (oldest !== undefined) return oldest + window - now
    times.push(now)
    return 0
  }

  return async (request) => {
    for (let wait = take(request.apiKey); wait > 0; wait = take(request.apiKey)) await sleep(wait)
    return call(request)
  }
}
