import { seconds, type Clock, type Monotonic } from '../../shared/clock.ts'

/** Less than this is drift, and adds up until it is more. */
const SMALLEST = seconds(1)

/**
 * Tells by how many milliseconds the wall clock was set since that was last dealt with: a step of it, in either direction,
 * must neither end nor prolong a lease. `monotonic`: milliseconds that no change of the clock touches.
 */
export function clockSteps(clock: Clock, monotonic: Monotonic) {
  const apart = () => clock().getTime() - monotonic()
  let known = apart()
  return {
    /** 0 when nobody has set it. */
    since() {
      const step = apart() - known
      return Math.abs(step) < SMALLEST ? 0 : Math.round(step)
    },
    dealtWith: (step: number) => (known += step),
  }
}
