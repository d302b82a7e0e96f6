import Database from 'better-sqlite3'
import { StoreUnusable } from '../errors.ts'
import { damaged } from '../judge-copy.ts'
import { migrationFiles } from '../migration-files.ts'
import type { BackUpOptions, OpenCopy } from '../row-source.ts'
import { MIGRATIONS } from './migrate.ts'
import { openForReading } from './open.ts'
import { rowsIn } from './rows.ts'
import { startError } from './start-error.ts'

/** Pages that are copied at a time, some 10 MB: in between the command can say how far it is. */
const PAGES = 2500

/**
 * Copies the database into an empty file, while a service writes to it: what is copied is its state at the beginning.
 * @throws StoreUnusable, StoreUnavailable
 */
export async function backUpSqlite(path: string, file: string, { tell }: BackUpOptions): Promise<void> {
  const db = openForReading(path)
  try {
    // One reading for all of it: without it every write of the service makes the copy begin from the front.
    db.exec('BEGIN')
    db.prepare('SELECT count(*) FROM sqlite_schema').get()
    await db.backup(file, {
      progress({ totalPages, remainingPages }) {
        tell(totalPages - remainingPages, totalPages)
        return PAGES
      },
    })
  } catch (cause) {
    throw startError('The database cannot be copied', {
      code: 'backup_failed',
      hint: 'Look for a full disk where the copy goes. wauth check --offline looks at the database.',
      cause,
    })
  } finally {
    db.close()
  }
}

/** A copy in a file of its own. It needs no other file beside it from here on. */
export interface SqliteCopy extends OpenCopy {
  db: Database.Database
  file: string
}

/**
 * Opens a copy where it lies, and looks through its pages.
 * @throws StoreUnusable when it is damaged
 */
export function openSqliteFile(file: string): Promise<SqliteCopy> {
  const db = opened(file)
  return Promise.resolve({
    ...{ db, file, ...rowsIn(db), newest: migrationFiles(MIGRATIONS).at(-1)?.version ?? 0 },
    close: async () => {
      db.close()
    },
  })
}

function opened(file: string): Database.Database {
  let db
  try {
    db = new Database(file, { fileMustExist: true })
    // What a write-ahead log beside it holds becomes part of it.
    db.pragma('journal_mode = DELETE')
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = ON')
    db.pragma('secure_delete = ON')
    if (db.pragma('integrity_check(1)', { simple: true }) !== 'ok') throw damaged()
    return db
  } catch (cause) {
    db?.close()
    if (cause instanceof StoreUnusable) throw cause
    throw isDamage(cause)
      ? damaged(cause)
      : startError('The copy cannot be opened', { code: 'backup_cannot_open', cause })
  }
}

/** Whether SQLite says that a file is none of its own, or not as it was written. */
export const isDamage = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(NOTADB|CORRUPT)/.test(error.code)
