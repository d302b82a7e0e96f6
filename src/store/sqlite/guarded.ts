import Database from 'better-sqlite3'
import { StoreUnavailable } from '../errors.ts'

/** What the disk, another process or the operating system can do to a database; anything else is a mistake of ours. */
const ENVIRONMENT = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|NOMEM|PROTOCOL)/

/** Runs one operation of the engine; a database that cannot do it now becomes `StoreUnavailable`. */
export async function guarded<T>(db: Database.Database, operation: () => T): Promise<T> {
  try {
    return operation()
  } catch (cause) {
    const unavailable = !db.open || (cause instanceof Database.SqliteError && ENVIRONMENT.test(cause.code))
    if (!unavailable) throw cause
    throw new StoreUnavailable('The database could not do it now', {
      code: 'storage_unavailable',
      hint: 'Check the free space, the rights and the health of the disk that DATABASE_URL is on.',
      cause,
    })
  }
}
