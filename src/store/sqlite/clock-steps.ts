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
    since: () => (Math.abs(apart() - known) < SMALLEST ? 0 : Math.round(apart() - known)),
    dealtWith: (step: number) => (known += step),
  }
}
