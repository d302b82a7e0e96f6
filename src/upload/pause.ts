import { backoff, type Jitter } from '../shared/backoff.ts'
import { seconds } from '../shared/clock.ts'
import type { StopForNow } from './stop.ts'

/** Wazzup counts in windows of five seconds: after one of them it takes requests again. */
const NEXT_WINDOW = seconds(5)
const nextWindow = (jitter: Jitter) => Math.round(NEXT_WINDOW * (1 + jitter() / 10))

/** A Retry-After of nothing is no leave to ask without a pause. */
const SHORTEST_PAUSE = seconds(1)

/** How long to leave work alone after try number `tries`. `pause`: how much of it is our own choice. */
export function pauseAfter(
  { tried, wait: asked }: StopForNow,
  { tries, jitter }: { tries: number; jitter: Jitter },
): { pause: number; wait: number } {
  const pause = tried ? backoff(tries, jitter) : 0
  const wait = Math.max(pause, asked ?? (tried ? 0 : nextWindow(jitter)), SHORTEST_PAUSE)
  return { pause, wait }
}
