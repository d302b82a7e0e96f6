import {
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  createReadStream,
  createWriteStream,
  existsSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import Database from 'better-sqlite3'
import { systemClock } from '../../shared/clock.ts'
import { AppError } from '../../shared/app-error.ts'
import { errorFields } from '../../observability/error-fields.ts'
import { inUse, NO_ROWS, stampOf, type Replaced, type Restore, type RestoreOptions } from '../held.ts'
import { mustBeFile } from '../judge-copy.ts'
import { takeOver } from '../sql/take-over.ts'
import { hasSecondName, openNew, toDisk, wholeFile } from '../whole-file.ts'
import { besides, COMING, GONE, leftBeside } from './beside.ts'
import { beginHistory } from './epochs.ts'
import { isDamage, openSqliteFile, type SqliteCopy } from './backup.ts'
import { migrate } from './migrate.ts'
import { BUSY_TIMEOUT, openForReading } from './open.ts'
import { rowsIn } from './rows.ts'
import { databaseTimeOf } from './database-time.ts'
import { runner } from './run.ts'
import { startError } from './start-error.ts'

const WAL = '-wal'

/**
 * Opens a copy beside the database that it may replace; what is done to it is done to that, and never to `file`. Closing it
 * removes it, unless it has become the database.
 * @throws StoreUnusable, AppError
 */
async function copyBeside(path: string, file: string): Promise<SqliteCopy> {
  mustBeFile(file)
  const beside = `${path}${COMING}${process.pid}`
  const remove = () => {
    for (const end of ['', WAL, '-shm', '-journal']) rmSync(beside + end, { force: true })
  }
  remove()
  try {
    // A copy that was made without this command may have its latest commits in a file beside it.
    for (const end of ['', WAL]) if (existsSync(file + end)) await copyTo(beside + end, file + end)
    const copy = await openSqliteFile(beside)
    return { ...copy, close: () => copy.close().finally(remove) }
  } catch (error) {
    remove()
    throw error
  }
}

async function copyTo(to: string, from: string) {
  await openNew(to)
  try {
    await pipeline(createReadStream(from), createWriteStream(to))
  } catch (cause) {
    throw new AppError(`The copy cannot be read, or not be put beside the database: ${codeOf(cause)}`, {
      code: 'restore_failed',
      hint: 'Nothing was changed. Let this user read the copy, and make room for it beside the database.',
      cause,
    })
  }
}

const codeOf = (error: unknown) => errorFields(error).code ?? 'unknown'

/**
 * Opens a copy and the database that it is to replace. Who opens that meanwhile is told that it is busy, where it is held.
 * @throws AppError when somebody has it open; StoreUnusable
 */
export async function restoreSqlite(path: string, file: string, { holds }: RestoreOptions): Promise<Restore> {
  const { state, db } = existsSync(path) ? (holds ? held(path) : seen(path)) : NOTHING
  const close = () => void db?.close()
  try {
    const copy = await copyBeside(path, file)
    return {
      ...{ copy, replaced: { state, current: db ? rowsIn(db) : NO_ROWS } },
      close: () => copy.close().finally(close),
      async replace(changes) {
        await migrate(copy.db, { keeps: false })
        await beginHistory(copy.db)
        await takeOver(runner(copy.db, databaseTimeOf(systemClock, null)), changes)
        // Nobody else has it: what was erased goes from its unused space, too.
        if (changes.erasures.length > 0) copy.db.exec('VACUUM')
        copy.db.close()
        return putInPlace(copy.file, path, { state, db })
      },
    }
  } catch (error) {
    close()
    throw error
  }
}

interface Opened {
  state: Replaced['state']
  db: Database.Database | null
}

const NOTHING: Opened = { state: 'none', db: null }
const DAMAGED: Opened = { state: 'damaged', db: null }

function seen(path: string): Opened {
  try {
    const db = openForReading(path)
    db.exec('BEGIN')
    return { state: 'found', db }
  } catch (error) {
    if (isDamage(error instanceof AppError ? error.cause : error)) return DAMAGED
    throw error
  }
}

function held(path: string): Opened {
  const db = new Database(path, { timeout: BUSY_TIMEOUT })
  try {
    db.pragma('locking_mode = EXCLUSIVE')
    // Given only to who has the file alone. Its write-ahead log becomes part of it, so that it is one file.
    db.pragma('journal_mode = DELETE')
    db.exec('BEGIN EXCLUSIVE')
    return { state: 'found', db }
  } catch (cause) {
    db.close()
    if (isDamage(cause)) return DAMAGED
    if (codeOf(cause).startsWith('SQLITE_BUSY')) throw inUse('another process has the file open')
    throw startError('The database that is to be replaced cannot be opened', {
      code: 'database_cannot_open',
      hint: 'Let this user write to the file that DATABASE_URL names, and to its folder.',
      cause,
    })
  }
}

/**
 * One rename puts the copy in the place of the database, so that one of the two is there at any moment. The replaced one gets
 * a second name before. Nothing here opens it: closing it would give up the lock on it (POSIX, «fcntl»).
 */
async function putInPlace(file: string, path: string, { state, db }: Opened): Promise<string | null> {
  const kept = `${path}${GONE}${stampOf(systemClock())}`
  if (existsSync(path)) await keep(path, { file, kept, db })
  // That of the lock, which has nothing to take back.
  if (state === 'found') rmSync(`${path}-journal`, { force: true })
  // Of a database that could not be opened. The one that comes has none of them, and would be spoilt by them.
  for (const end of [WAL, '-journal']) if (existsSync(path + end)) renameSync(path + end, kept + end)
  rmSync(`${path}-shm`, { force: true })
  toDisk(file)
  toDisk(dirname(path))
  renameSync(file, path)
  toDisk(dirname(path))
  for (const left of leftBeside(path)) rmSync(left, { force: true })
  return existsSync(kept) ? kept : null
}

interface Kept {
  file: string
  kept: string
  db: Opened['db']
}

async function keep(path: string, { file, kept, db }: Kept) {
  const { uid, gid, ino } = statSync(path)
  // The service may be another user than who restores.
  if (process.getuid?.() === 0) chownSync(file, uid, gid)
  chmodSync(path, 0o600)
  // Second names of it, by restores that were killed before their last step.
  for (const name of besides(path, GONE)) if (statSync(name).ino === ino) rmSync(name)
  if (hasSecondName(path, kept)) return
  if (db === null) {
    copyFileSync(path, kept, constants.COPYFILE_EXCL)
    return
  }
  // SQLite copies nothing in the middle of a transaction that writes. The mode of locking keeps the lock.
  db.exec('COMMIT')
  await wholeFile(kept, (unfinished) => db.backup(unfinished))
}
