import type { Store } from './port.ts'
import { openSqliteStore } from './sqlite/index.ts'

/** Which engine, and where: what `DATABASE_URL` says. */
export interface DatabaseSettings {
  engine: 'sqlite'
  path: string
}

/** The engines. A new one gets its line here. */
const ENGINES = {
  sqlite: ({ path }: DatabaseSettings) => openSqliteStore(path),
}

/**
 * Opens the store that the settings name, migrated and ready.
 * @throws StoreUnusable
 */
export const openStore = (database: DatabaseSettings): Promise<Store> => ENGINES[database.engine](database)
