import Database from 'better-sqlite3'
import type { ErrorDetail } from '../../shared/app-error.ts'
import { StoreUnavailable, StoreUnusable } from '../errors.ts'

/** Why the database could not be opened: held by somebody else or a full disk, which pass, or a set-up that somebody has to mend. */
export function startError(message: string, detail: ErrorDetail): StoreUnavailable | StoreUnusable {
  const { cause } = detail
  const busy = cause instanceof Database.SqliteError && cause.code.startsWith('SQLITE_BUSY')
  if (cause instanceof Database.SqliteError && cause.code === 'SQLITE_FULL') {
    return new StoreUnavailable('The disk of the database is full', {
      code: 'database_disk_full',
      hint: 'Make room for twice the size of the file, and start again.',
      cause,
    })
  }
  if (!busy) return new StoreUnusable(message, detail)
  return new StoreUnavailable('Another process holds the database', {
    code: 'database_busy',
    hint: 'Start again when the other process, a backup perhaps, has let go of it.',
    cause,
  })
}
