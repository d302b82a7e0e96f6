import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Store } from '../../src/store/port.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { tempDir } from './temp-dir.ts'

/** An empty store in a file of its own, gone when the test ends. */
export async function storeAtHand(): Promise<Store> {
  const folder = await tempDir()
  const store = await openSqliteStore(join(folder.path, 'wauth.db'))
  onTestFinished(async () => {
    await store.close()
    await folder.remove()
  })
  return store
}
