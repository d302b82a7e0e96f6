import type { Logger } from '../observability/logger.ts'
import { missing, someNeedOtherKeys, type SealingRecords } from './check-keys.ts'
import type { ReplicaKeys } from './port.ts'

export interface KeyWatch {
  /**
   * Says for the first time which keys this replica has, and only then reads which are noted: since it has checked its
   * keys, `keys rotate` may have noted its own. That looks who is there after it, so one of the two sees the other.
   * @throws StoreUnusable when this replica lacks one; nothing is left of what it said then
   */
  begin: () => Promise<void>
  /** Says again which keys this replica has, and looks whether it lacks one. */
  look: () => Promise<void>
  /** Ids of the keys that values need and this replica lacks, as it was at the last look. */
  lacking: () => readonly string[]
  /** Takes back what was said: the replica stops. */
  withdraw: () => Promise<void>
}

/** Notes the key with which this replica seals. */
type NoteSealingKey = () => Promise<unknown>

/**
 * Tells the other processes on this database which encryption keys this replica has, and this replica which ones it
 * lacks. A key that was noted and has sealed nothing yet does no harm.
 */
export function createKeyWatch(
  records: SealingRecords,
  replica: ReplicaKeys,
  { log, note }: { log: Logger; note: NoteSealingKey },
): KeyWatch {
  let lacking: readonly string[] = []
  const withdraw = () => records.sealingKeys.withdraw(replica)
  /** Says it, and resolves to the keys that are noted and not here. */
  async function say(): Promise<string[]> {
    await records.sealingKeys.announce(replica)
    const noted = (await records.sealingKeys.all()).map(({ id }) => id)
    const [sealing = ''] = replica.keys
    // A rotation that was refused may have taken it back before it could see this replica.
    if (!noted.includes(sealing)) await note()
    return noted.filter((id) => !replica.keys.includes(id))
  }
  async function lackingNow(): Promise<string[]> {
    const unknown = await say()
    // All values are looked through only where a key is not known, which is a mistake.
    return unknown.length > 0 && (await someNeedOtherKeys(records, replica.keys)) ? unknown : []
  }
  return {
    async begin() {
      if ((await say()).length === 0) return
      // Without it, it is forgotten some time later.
      await Promise.allSettled([withdraw()])
      throw missing()
    },
    async look() {
      const before = lacking
      lacking = await lackingNow()
      if (before.join() === lacking.join()) return
      if (lacking.length > 0) log.error({ event: 'keys.lacking', code: 'seal_unknown_key', keys: lacking })
      else log.info({ event: 'keys.complete', keys: before })
    },
    lacking: () => lacking,
    withdraw,
  }
}
