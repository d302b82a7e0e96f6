import type { KeyMeter } from '../observability/metrics.ts'
import type { Lookup } from './lookup.ts'

/** The same look-up, counted by what it found. */
export const countLookups =
  (lookup: Lookup, meter: Pick<KeyMeter, 'lookedUp'>): Lookup =>
  (crmKey) =>
    lookup(crmKey).then(
      (key) => {
        meter.lookedUp(key ? key.keyStatus : 'unknown')
        return key
      },
      (error: unknown) => {
        meter.lookedUp('unavailable')
        throw error
      },
    )
