import { setTimeout as pause } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { systemMonotonic } from '../../shared/clock.ts'
import { StoreUnavailable } from '../errors.ts'
import { BUSY_TIMEOUT } from './open.ts'

/** What the disk, another process or the operating system can do to a database; anything else is our own mistake. */
const ENVIRONMENT = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|NOMEM|PROTOCOL)/

/** Another process has the lock, and nothing of the operation was done. */
const BUSY = /^SQLITE_(BUSY|LOCKED)/

/** Between two tries, in milliseconds. */
const PAUSE = 20

/**
 * Runs one operation of the engine; a database that cannot do it now becomes `StoreUnavailable`. While another process
 * has the lock it is tried again, with pauses in which everything else goes on: the driver's own waiting would stop the
 * whole process, and with it every request that needs no database.
 */
export async function guarded<T>(
  db: Database.Database,
  operation: () => T,
  now = systemMonotonic,
): Promise<T> {
  const began = now()
  for (;;) {
    try {
      return operation()
    } catch (cause) {
      const inTime = now() - began < BUSY_TIMEOUT
      if (inTime && BUSY.test(codeOf(cause))) await pause(PAUSE)
      else throw ENVIRONMENT.test(codeOf(cause)) || !db.open ? unavailable(cause) : cause
    }
  }
}

const codeOf = (error: unknown) => (error instanceof Database.SqliteError ? error.code : '')

const unavailable = (cause: unknown) =>
  new StoreUnavailable('The database could not do it now', {
    code: 'storage_unavailable',
    hint: 'Check the free space, the rights and the health of the disk that DATABASE_URL is on.',
    cause,
  })
