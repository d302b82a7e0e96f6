import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { StoreUnusable } from '../errors.ts'
import { mustNotWaitForRestore } from './beside.ts'
import { startError } from './start-error.ts'
import { missingBeside, missingRight, tryWriting } from './try-writing.ts'

/** How long a writer waits for another process, in milliseconds. At a start in the driver, later in `guarded`. */
export const BUSY_TIMEOUT = 2000

/**
 * The pages that a connection keeps, in KiB: the table of look-ups stays in memory up to some hundred thousand
 * customers. SQLite's own 2 MiB hold those of a thousand. It is taken as it is needed.
 */
const CACHE = 64 * 1024

/** Bytes to which the write-ahead log shrinks again once a reader that kept it, a backup perhaps, has let go of it. */
const LARGEST_LOG = 8 * 1024 * 1024

/**
 * Opens the database file, made durable: a commit that was answered survives a power cut (`synchronous=FULL`), which
 * WAL alone does not promise; and what is deleted is overwritten. The file may be new, its folder may not: a missing folder is a volume not mounted.
 * @throws StoreUnusable, or StoreUnavailable while another process holds it
 */
export function openDatabase(path: string): Database.Database {
  if (!existsSync(dirname(path))) {
    throw new StoreUnusable('The folder of the database does not exist', {
      code: 'database_folder_missing',
      hint: 'Create the folder that DATABASE_URL names, or mount the volume that holds it.',
    })
  }
  try {
    const db = new Database(path, { timeout: BUSY_TIMEOUT })
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = ON')
    db.pragma(`journal_size_limit = ${LARGEST_LOG}`)
    db.pragma('secure_delete = ON')
    return withCache(db)
  } catch (cause) {
    throw startError('The database file cannot be opened', {
      code: 'database_cannot_open',
      hint:
        missingRight(path) ??
        'Check that DATABASE_URL names a SQLite file that this user may read and write.',
      cause,
    })
  }
}

/** What no other process and no room on the disk can change. */
const FORBIDDEN = /^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/

/**
 * Opens the database file of a service, which has to write.
 * @throws StoreUnusable, also when this user may not write to it; StoreUnavailable
 */
export function openForWriting(path: string): Database.Database {
  mustNotWaitForRestore(path)
  const db = openDatabase(path)
  // Another writer says nothing about rights, so it is not waited for.
  db.pragma('busy_timeout = 0')
  const code = tryWriting(db)
  db.pragma(`busy_timeout = ${BUSY_TIMEOUT}`)
  if (code === null || !FORBIDDEN.test(code)) return db
  db.close()
  throw new StoreUnusable(`The database cannot be written to: ${code}`, {
    code: 'database_cannot_open',
    hint:
      missingRight(path) ??
      'Let this user write to the file that DATABASE_URL names, to its folder, and to its disk.',
  })
}

/**
 * Opens a database file that somebody else keeps, without ever writing to it.
 * @throws StoreUnusable, or StoreUnavailable while another process holds it
 */
export function openForReading(path: string): Database.Database {
  try {
    return withCache(new Database(path, { timeout: BUSY_TIMEOUT, readonly: true, fileMustExist: true }))
  } catch (cause) {
    throw startError('The database file cannot be opened', {
      code: 'database_cannot_open',
      hint:
        missingBeside(path) ??
        'Name the file that the running service uses, and let this user read it and its folder.',
      cause,
    })
  }
}

function withCache(db: Database.Database): Database.Database {
  db.pragma(`cache_size = -${CACHE}`)
  return db
}
