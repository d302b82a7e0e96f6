import type { DatabaseAddress } from '../config/fields/database-url.ts'
import { createKeyRing } from '../crypto/key-ring.ts'
import { createSealer, type CountKeyUse } from '../crypto/sealer.ts'

export interface StoreSettings {
  /** Which engine, and where: what `DATABASE_URL` says. */
  database: DatabaseAddress
  /** What `ENCRYPTION_KEYS` says: the first seals, all open. */
  encryptionKeys: { reveal(): readonly { id: string; key: Uint8Array }[] }
  /** What `EVENTS_URL` says: with it, the CRM is told what happens to connections. */
  events?: object | null
}

/** What opens and seals the values of this database. `count` hears of every use of an encryption key. */
export function withKeys({ database, encryptionKeys }: StoreSettings, count?: CountKeyUse) {
  const keyRing = createKeyRing(encryptionKeys.reveal())
  return { database, keyRing, sealer: createSealer(keyRing, count) }
}
