import type { KeyRing } from '../crypto/key-ring.ts'
import { sealedPrefix, type SealError, type Sealer } from '../crypto/sealer.ts'
import { StoreUnusable } from './errors.ts'
import type { Store } from './port.ts'
import { SEALED_COLUMNS } from './sealed-columns.ts'
import { faultOf, probeOf } from './try-probes.ts'

/** What of a database tells with which keys it was sealed. */
export type SealingRecords = Pick<Store, 'sealingKeys' | 'sealedValues'>

/**
 * Makes sure that every key that sealed something in this database is there and is the same. Without this, a wrong key
 * would show at a customer's click, one row at a time. The probes tell at once; values of a key without a probe, sealed
 * by a replica that missed a rotation perhaps, take one look through each table (about a second for a million rows).
 * @throws StoreUnusable
 */
export async function checkKeys(records: SealingRecords, ring: KeyRing, sealer: Sealer): Promise<void> {
  for (const key of await records.sealingKeys.all()) {
    const fault = faultOf(key, ring, sealer)
    if (fault !== null) throw fault === 'missing' ? missing() : wrong(fault)
  }
  if (await someNeedOtherKeys(records, [...ring.opening.keys()])) throw missing()
}

/** Whether there is a value that none of these keys has sealed. */
export async function someNeedOtherKeys(
  { sealedValues }: Pick<SealingRecords, 'sealedValues'>,
  keyIds: readonly string[],
): Promise<boolean> {
  const but = keyIds.map(sealedPrefix)
  for (const column of SEALED_COLUMNS) if (await sealedValues.any(column, but)) return true
  return false
}

/** Leaves a probe of the key that seals from now on. False when there was one already. */
export async function noteSealingKey(
  records: SealingRecords,
  ring: KeyRing,
  sealer: Sealer,
): Promise<boolean> {
  const { id } = ring.sealing
  const known = await records.sealingKeys.all()
  if (known.some((key) => key.id === id)) return false
  return records.sealingKeys.add({ id, probe: sealer.seal('probe', probeOf(id)) })
}

/** A key of the database is not there. */
export const missing = () =>
  new StoreUnusable('The database holds values sealed with a key that ENCRYPTION_KEYS does not have', {
    code: 'encryption_key_missing',
    hint: 'Put the older key back into ENCRYPTION_KEYS, behind the one that seals now.',
  })

const wrong = (cause: SealError) =>
  new StoreUnusable('A key of ENCRYPTION_KEYS has the id of the one in use, but other bytes', {
    code: 'encryption_key_wrong',
    hint: 'Put the right key back under its id; give a new key a new id.',
    cause,
  })
