import { systemClock } from '../../src/shared/clock.ts'

/**
 * The time by which a store's leases go, in the hands of a test: for an engine that is told the time. It runs until
 * somebody sets it, and stands still from then on.
 */
export function storeTime() {
  let stands: Date | null = null
  let ahead = 0
  const clock = () => new Date((stands ?? systemClock()).getTime() + ahead)
  return {
    /** What the store is opened with. */
    time: { clock, monotonic: () => clock().getTime() },
    setTime: async (to: Date) => {
      stands = to
    },
    /** So many milliseconds pass at once. */
    moveTime: async (ms: number) => {
      ahead += ms
    },
  }
}
