import { join } from 'node:path'
import { inject, onTestFinished } from 'vitest'
import type { Store } from '../../src/store/port.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { NOON } from './attempts.ts'
import { databaseFor } from './database-for.ts'
import { tempDir } from './temp-dir.ts'

/** An empty store of the engine of these tests, gone when the test ends. By its clock it is noon until somebody sets it. */
export async function storeAtHand(): Promise<Store & { setTime: (to: Date) => Promise<void> }> {
  const folder = await tempDir()
  const { url, time, setTime, remove } = await databaseFor(folder.path)
  const store = await (inject('engine') === 'sqlite'
    ? openSqliteStore(join(folder.path, 'wauth.db'), time)
    : openPostgresStore(url))
  await setTime(NOON)
  onTestFinished(async () => {
    await store.close()
    await remove()
    await folder.remove()
  })
  return { ...store, setTime }
}
