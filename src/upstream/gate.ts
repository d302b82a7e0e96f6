import { seconds, type Monotonic } from '../shared/clock.ts'
import { createBreaker, type Sign } from './breaker.ts'
import { createPlaces, PLACES, type PlaceLimits } from './places.ts'

export type { Sign }

/**
 * Leave to make one call, after which `done` has to be called (see `Leave`); or why not, and when to ask again
 * (milliseconds).
 */
export type Pass =
  | { kind: 'go'; done(sign: Sign, about?: string): void }
  | { kind: 'refused'; code: 'breaker_open' | 'too_many_calls'; wait: number }

/** What all calls to one other party go through: so many at a time, and none while it is down. */
export interface Gate {
  enter(): Promise<Pass>
  health(): { ok: boolean; detail: string }
}

/** When all places are taken, and the queue is full or took too long. */
const WHEN_FULL = seconds(2)

export function createGate(now: Monotonic, limits: PlaceLimits = PLACES): Gate {
  const breaker = createBreaker(now)
  const places = createPlaces(limits)
  return {
    async enter() {
      if (!(await places.take())) return { kind: 'refused', code: 'too_many_calls', wait: WHEN_FULL }
      const leave = breaker.ask()
      if (leave.kind === 'wait') {
        places.free()
        return { kind: 'refused', code: 'breaker_open', wait: leave.ms }
      }
      return {
        kind: 'go',
        done(sign, about) {
          places.free()
          leave.tell(sign, about)
        },
      }
    },
    health: breaker.health,
  }
}
