import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Database } from 'better-sqlite3'
import { errorFields } from '../../observability/error-fields.ts'

/**
 * Begins a write, and takes it back. A file that may only be read is opened without a word, and its lock is given, too.
 * Resolves to SQLite's code for why it fails; null when it does not.
 */
export function tryWriting(db: Database): string | null {
  try {
    db.exec('BEGIN IMMEDIATE')
    db.exec('CREATE TABLE wauth_check (tried INTEGER)')
    return null
  } catch (error) {
    return codeOf(error)
  } finally {
    if (db.inTransaction) db.exec('ROLLBACK')
  }
}

/** What the user of this process may not do with a database file and what lies beside it: a hint; null when nothing. */
export function missingRight(path: string): string | null {
  for (const file of [path, `${path}-wal`, `${path}-shm`, dirname(path)]) {
    const { R_OK, W_OK, X_OK } = constants
    try {
      if (existsSync(file)) accessSync(file, file === dirname(path) ? W_OK | X_OK : R_OK | W_OK)
    } catch (error) {
      return hintFor(file, codeOf(error))
    }
  }
  return null
}

/** What a reader of a file that no service has open lacks, and may not make: a hint; null when it is something else. */
export function missingBeside(path: string): string | null {
  const missing = [`${path}-wal`, `${path}-shm`].filter((file) => !existsSync(file))
  if (missing.length === 0 || !existsSync(path)) return null
  try {
    accessSync(path, constants.R_OK)
  } catch {
    return null
  }
  const names = missing.map((file) => basename(file)).join(' and ')
  return `Nothing is wrong with the file itself: ${names} are missing, as no service has it open, and this user may not make them in its folder. Start the service; or let this user write to the folder.`
}

function hintFor(file: string, code: string): string {
  const name = statSync(file).isDirectory() ? 'The folder of the database' : basename(file)
  if (code === 'EROFS') return `${name} is on a disk that is mounted read-only: mount it for writing.`
  const [owner, me] = [statSync(file).uid, process.getuid?.() ?? 'of another system']
  const cure =
    owner === me ? 'Give its owner that right, with chmod u+rw' : `Give it to that user, with chown ${me}`
  return `${name} belongs to user ${owner}, and this process, of user ${me}, may not read and write it. ${cure}.`
}

const codeOf = (error: unknown) => errorFields(error).code ?? 'unknown'
