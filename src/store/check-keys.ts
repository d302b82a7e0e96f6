import type { KeyRing } from '../crypto/key-ring.ts'
import { SealError, type Sealer } from '../crypto/sealer.ts'
import { StoreUnusable } from './errors.ts'
import type { Store } from './port.ts'

const probeOf = (id: string) => ({ table: 'sealing_keys', row: id, column: 'probe' })

/**
 * Makes sure that every key that has ever sealed something in this database is there and is the same, and notes the
 * one that will seal from now on. Without this, a wrong key would show at a customer's click, one row at a time.
 * @throws StoreUnusable, before anything is sealed
 */
export async function checkKeys(store: Store, ring: KeyRing, sealer: Sealer): Promise<void> {
  const known = await store.sealingKeys.all()
  for (const { id, probe } of known) {
    if (!ring.opening.has(id)) throw missing()
    try {
      sealer.open(probe, probeOf(id))
    } catch (cause) {
      throw cause instanceof SealError ? wrong(cause) : cause
    }
  }
  const { id } = ring.sealing
  if (!known.some((key) => key.id === id)) {
    await store.sealingKeys.add({ id, probe: sealer.seal('probe', probeOf(id)) })
  }
}

const missing = () =>
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
