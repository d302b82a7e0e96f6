import { seconds, type Clock, type Monotonic } from '../../shared/clock.ts'

/** A file has no clock of its own: it goes by that of the process that works on it. */
export interface DatabaseTime {
  /** What the moments in the file are compared with: milliseconds since 1970. */
  now: () => number
  /** Of the process that keeps the leases; nobody else has anything to move. */
  steps?: ClockSteps
}

/** By how many milliseconds the wall clock was set since that was last dealt with; 0 when nobody has set it. */
interface ClockSteps {
  since: () => number
  dealtWith: (step: number) => void
}

/** Less than this is drift, and adds up until it is more. */
const SMALLEST = seconds(1)

/**
 * A step of the clock, in either direction, must neither end nor prolong anything: until the moments in the file were moved
 * along, they are compared with the time as it was without. `monotonic`: milliseconds that no change of the clock touches;
 * only for the process that keeps the leases.
 */
export function databaseTimeOf(clock: Clock, monotonic: Monotonic | null): DatabaseTime {
  if (!monotonic) return { now: () => clock().getTime() }
  const wall = () => clock().getTime()
  let known = wall() - monotonic()
  const since = (at = wall()) => {
    const step = at - monotonic() - known
    return Math.abs(step) < SMALLEST ? 0 : Math.round(step)
  }
  const now = () => {
    // Read once: between two readings the clock may be set.
    const at = wall()
    return at - since(at)
  }
  return { now, steps: { since: () => since(), dealtWith: (step) => (known += step) } }
}
