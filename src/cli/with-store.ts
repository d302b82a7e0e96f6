import type { Settings } from '../settings.ts'
import { openStore } from '../store/index.ts'
import type { Store } from '../store/port.ts'
import { readEnvironment } from './environment.ts'

/** Does a piece of work with the store of this process's settings, and closes it whatever happens. */
export async function withStore<T>(work: (store: Store, settings: Settings) => Promise<T>): Promise<T> {
  // What a command may create beside the database is for this user's eyes only.
  process.umask(0o077)
  const settings = readEnvironment()
  const store = await openStore(settings)
  try {
    return await work(store, settings)
  } finally {
    await store.close()
  }
}
