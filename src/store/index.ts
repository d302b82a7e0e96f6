import { createKeyRing } from '../crypto/key-ring.ts'
import { createSealer } from '../crypto/sealer.ts'
import { checkKeys } from './check-keys.ts'
import type { Inspection } from './inspection.ts'
import type { Store } from './port.ts'
import { sealStore } from './sealed.ts'
import { openSqliteStore } from './sqlite/index.ts'
import { inspectSqlite } from './sqlite/inspect.ts'

export interface StoreSettings {
  /** Which engine, and where: what `DATABASE_URL` says. */
  database: { engine: 'sqlite'; path: string }
  /** What `ENCRYPTION_KEYS` says: the first seals, all open. */
  encryptionKeys: { reveal(): readonly { id: string; key: Uint8Array }[] }
}

/** The engines. A new one gets its line here. */
const ENGINES = {
  sqlite: ({ path }: StoreSettings['database']) => openSqliteStore(path),
}

/**
 * Opens the store that the settings name: migrated, sealed, ready.
 * @throws StoreUnusable, or StoreUnavailable while another process holds the database
 */
export async function openStore({ database, encryptionKeys }: StoreSettings): Promise<Store> {
  const keyRing = createKeyRing(encryptionKeys.reveal())
  const sealer = createSealer(keyRing)
  const engine = await ENGINES[database.engine](database)
  try {
    await checkKeys(engine, keyRing, sealer)
  } catch (error) {
    await engine.close()
    throw error
  }
  return sealStore(engine, sealer)
}

/** How each engine looks at a database that may not be there, or not be ours. */
const INSPECTORS = { sqlite: inspectSqlite }

/** Looks at the database that the settings name; creates, migrates and changes nothing. */
export const inspectStore = ({ database }: Pick<StoreSettings, 'database'>): Inspection =>
  INSPECTORS[database.engine](database.path)
