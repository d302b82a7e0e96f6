import Database from 'better-sqlite3'
import { StoreUnavailable } from '../errors.ts'

/** Runs one operation of the engine; what the driver throws becomes an error of the port. */
export async function guarded<T>(operation: () => T): Promise<T> {
  try {
    return operation()
  } catch (cause) {
    if (!(cause instanceof Database.SqliteError) && !(cause instanceof TypeError)) throw cause
    throw new StoreUnavailable('The database could not do it now', {
      code: 'storage_unavailable',
      hint: 'Check the free space, the rights and the health of the disk that DATABASE_URL is on.',
      cause,
    })
  }
}
