import { join } from 'node:path'
import { inject, onTestFinished } from 'vitest'
import type { Store } from '../../src/store/port.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { databaseFor } from './database-for.ts'
import { tempDir } from './temp-dir.ts'

/** An empty store of the engine of these tests, gone when the test ends. */
export async function storeAtHand(): Promise<Store> {
  const folder = await tempDir()
  const database = await databaseFor(folder.path)
  const store = await (inject('engine') === 'sqlite'
    ? openSqliteStore(join(folder.path, 'wauth.db'))
    : openPostgresStore(database.url))
  onTestFinished(async () => {
    await store.close()
    await database.remove()
    await folder.remove()
  })
  return store
}
