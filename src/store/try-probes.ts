import { createKeyRing, type KeyRing } from '../crypto/key-ring.ts'
import { createSealer, SealError, type Sealer } from '../crypto/sealer.ts'
import type { FoundDatabase } from './inspection.ts'

/** Where the probe of a key stands. */
export const probeOf = (id: string) => ({ table: 'sealing_keys', row: id, column: 'probe' })

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
  const faults = known.map((key) => ({ id: key.id, fault: faultOf(key, ring, sealer) }))
  const idsOf = (wanted: (fault: ProbeFault) => boolean) =>
    faults.filter(({ fault }) => fault !== null && wanted(fault)).map(({ id }) => id)
  return { missing: idsOf((fault) => fault === 'missing'), wrong: idsOf((fault) => fault !== 'missing') }
}

/** The key is not there, or does not open what the key of its id has sealed. */
export type ProbeFault = 'missing' | SealError

/** Tries one key on its probe; null when it is the key that has sealed it. */
export function faultOf(
  { id, probe }: FoundDatabase['sealingKeys'][number],
  ring: KeyRing,
  sealer: Sealer,
): ProbeFault | null {
  if (!ring.opening.has(id)) return 'missing'
  try {
    sealer.open(probe, probeOf(id))
    return null
  } catch (error) {
    if (error instanceof SealError) return error
    throw error
  }
}
