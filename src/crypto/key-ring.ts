import { createSecretKey, type KeyObject } from 'node:crypto'
import { AppError } from '../shared/app-error.ts'

/** The keys of `ENCRYPTION_KEYS`: the first seals, all open. */
export interface KeyRing {
  sealing: { id: string; key: KeyObject }
  opening: ReadonlyMap<string, KeyObject>
}

/** Builds the ring from raw 32-byte keys, in the order of the setting. At least one is needed. */
export function createKeyRing(keys: readonly { id: string; key: Uint8Array }[]): KeyRing {
  const ring = keys.map(({ id, key }) => ({ id, key: createSecretKey(key) }))
  const [sealing] = ring
  if (!sealing) throw new AppError('There is no encryption key', { code: 'no_encryption_key' })
  return { sealing, opening: new Map(ring.map(({ id, key }) => [id, key])) }
}
