import { seconds, systemMonotonic } from '../shared/clock.ts'
import { StoreNotWritable } from './errors.ts'

/** Milliseconds from one write to the next. */
export const WRITE_EVERY = seconds(5)

/** For so many milliseconds a write that was made is proof that one can be made. */
export const COUNTS_FOR = seconds(15)

export interface WriteProof {
  /** Makes a write now, and joins one that is under way. */
  make: () => Promise<void>
  /**
   * Resolves when the last write was made, not long ago. Only when it failed, or is overdue, one is made now: however many
   * ask, a store that is well is written to no more often.
   * @throws StoreNotWritable
   */
  check: () => Promise<void>
  /** Milliseconds since a write last failed; no end of them when none ever did. */
  wellFor: () => number
}

/** Remembers when `write` was last done. `now`: milliseconds that no change of the clock touches. */
export function createWriteProof(write: () => Promise<void>, now = systemMonotonic): WriteProof {
  let [madeAt, failedAt, underWay] = [-Infinity, -Infinity, null as Promise<void> | null]
  async function writeNow() {
    try {
      await write()
      madeAt = now()
    } catch (cause) {
      madeAt = -Infinity
      failedAt = now()
      throw new StoreNotWritable('The database takes no write', {
        code: 'storage_not_writable',
        hint: 'Look for a full disk, a read-only mount or server, and rights that were taken away.',
        cause,
      })
    }
  }
  // Forgotten by its end, which comes after it was kept also where `write` throws at once.
  const make = () => (underWay ??= writeNow().finally(() => (underWay = null)))
  return {
    make,
    check: async () => {
      if (now() - madeAt >= COUNTS_FOR) await make()
    },
    wellFor: () => now() - failedAt,
  }
}
