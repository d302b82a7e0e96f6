import { createKeyRing } from '../crypto/key-ring.ts'
import { createSealer, SealError } from '../crypto/sealer.ts'
import type { FoundDatabase } from './inspection.ts'

/** Keys, by id, that the database needs and the settings do not have, or have with other bytes. */
export interface KeysAtFault {
  missing: string[]
  wrong: string[]
}

/** Tries the keys of the settings on every key's probe; writes nothing. */
export function tryProbes(
  known: FoundDatabase['sealingKeys'],
  keys: readonly { id: string; key: Uint8Array }[],
): KeysAtFault {
  const ring = createKeyRing(keys)
  const sealer = createSealer(ring)
  const opens = ({ id, probe }: { id: string; probe: string }) => {
    try {
      sealer.open(probe, { table: 'sealing_keys', row: id, column: 'probe' })
      return true
    } catch (error) {
      if (error instanceof SealError) return false
      throw error
    }
  }
  const here = known.filter(({ id }) => ring.opening.has(id))
  return {
    missing: known.filter(({ id }) => !ring.opening.has(id)).map(({ id }) => id),
    wrong: here.filter((key) => !opens(key)).map(({ id }) => id),
  }
}
