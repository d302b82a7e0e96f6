import type { Logger } from '../observability/logger.ts'
import { someNeedOtherKeys, type SealingRecords } from './check-keys.ts'
import type { ReplicaKeys } from './port.ts'

export interface KeyWatch {
  /** Says again which keys this replica has, and looks whether it lacks one. */
  look: () => Promise<void>
  /** Ids of the keys that values need and this replica lacks, as it was at the last look. */
  lacking: () => readonly string[]
  /** Takes back what was said: the replica stops. */
  withdraw: () => Promise<void>
}

/**
 * Tells the other processes on this database which encryption keys this replica has, and this replica which ones it
 * lacks. A key that was noted and has sealed nothing yet does no harm.
 */
export function createKeyWatch(records: SealingRecords, replica: ReplicaKeys, log: Logger): KeyWatch {
  let lacking: readonly string[] = []
  async function lackingNow(): Promise<string[]> {
    const noted = (await records.sealingKeys.all()).map(({ id }) => id)
    const unknown = noted.filter((id) => !replica.keys.includes(id))
    // All values are looked through only where a key is not known, which is a mistake.
    return unknown.length > 0 && (await someNeedOtherKeys(records, replica.keys)) ? unknown : []
  }
  return {
    async look() {
      await records.sealingKeys.announce(replica)
      const before = lacking
      lacking = await lackingNow()
      if (before.join() === lacking.join()) return
      if (lacking.length > 0) log.error({ event: 'keys.lacking', code: 'seal_unknown_key', keys: lacking })
      else log.info({ event: 'keys.complete', keys: before })
    },
    lacking: () => lacking,
    withdraw: () => records.sealingKeys.withdraw(replica),
  }
}
