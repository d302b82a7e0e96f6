import type { KeyMeter } from '../observability/metrics.ts'
import type { Lookup } from './lookup.ts'

/** The same look-up, counted by what it found. */
export const countLookups =
  (lookup: Lookup, meter: Pick<KeyMeter, 'lookedUp'>): Lookup =>
  async (crmKey) => {
    try {
      const key = await lookup(crmKey)
      meter.lookedUp(key ? key.keyStatus : 'unknown')
      return key
    } catch (error) {
      meter.lookedUp('unavailable')
      throw error
    }
  }
