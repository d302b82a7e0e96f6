import type { FastifyRateLimitStoreCtor } from '@fastify/rate-limit'
import { LRUCache } from 'lru-cache'
import { systemMonotonic, type Monotonic } from '../shared/clock.ts'

/** Callers that are counted at a time; of more the one that has been away longest is forgotten. */
const MOST = 5000

interface Window {
  count: number
  began: number
}

/**
 * Where a limit keeps its counts: in memory, by the clock that never jumps. The plugin's own goes by the wall clock: set
 * back by an hour, everybody whose window is open would be counted on for that hour.
 */
export function windowCounts(monotonic: Monotonic = systemMonotonic): FastifyRateLimitStoreCtor {
  return class WindowCounts {
    readonly #windows = new LRUCache<string, Window>({ max: MOST })

    incr(
      key: string,
      done: (error: Error | null, result?: { current: number; ttl: number }) => void,
      length: number,
    ) {
      const now = monotonic()
      const known = this.#windows.get(key)
      const began = known !== undefined && now - known.began < length ? known.began : now
      const count = known?.began === began ? known.count + 1 : 1
      this.#windows.set(key, { count, began })
      done(null, { current: count, ttl: Math.ceil(began + length - now) })
    }

    /** Each limit counts by itself. */
    child() {
      return new WindowCounts()
    }
  }
}
