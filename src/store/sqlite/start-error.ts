import type { ErrorDetail } from '../../shared/app-error.ts'
import { errorFields } from '../../observability/error-fields.ts'
import { StoreUnavailable, StoreUnusable } from '../errors.ts'

/** Why the database could not be opened: held by somebody else or a full disk, which pass, or a set-up that somebody has to mend. */
export function startError(message: string, detail: ErrorDetail): StoreUnavailable | StoreUnusable {
  const { cause } = detail
  const code = errorFields(cause).code ?? ''
  if (/^(SQLITE_FULL|SQLITE_IOERR_SHMSIZE|ENOSPC|EDQUOT)/.test(code)) {
    return new StoreUnavailable(`The disk of the database is full (${code})`, {
      code: 'database_disk_full',
      hint: 'Nothing was changed. Make room beside the database for twice its size, as a copy is kept before a migration; then start again.',
      cause,
    })
  }
  if (code.startsWith('SQLITE_BUSY')) {
    return new StoreUnavailable('Another process holds the database', {
      code: 'database_busy',
      hint: 'Start again when the other process, a backup perhaps, has let go of it.',
      cause,
    })
  }
  const [, says = message, hint] = MENDED.find(([codes]) => codes.test(code)) ?? []
  return new StoreUnusable(code === '' ? says : `${says} (${code})`, { ...detail, ...(hint && { hint }) })
}

/** What one hint for all causes would send somebody the wrong way for. */
const MENDED: readonly (readonly [codes: RegExp, says: string, hint: string])[] = [
  [
    /^SQLITE_NOTADB/,
    'The file is no SQLite database',
    'Check the path in DATABASE_URL. If it is the right one, the file is damaged or encrypted: restore a copy.',
  ],
  [
    /^SQLITE_CORRUPT/,
    'The database file is damaged',
    'Stop every process that uses it, keep the file, and restore a copy: docs/backup.md.',
  ],
  [
    /^(SQLITE_IOERR|EIO)/,
    'The disk of the database cannot be read or written',
    'Look for errors of the disk in the log of the system, and at network file systems, which SQLite is not made for.',
  ],
  [
    /^E(ACCES|PERM|ROFS)/,
    'This user may not write beside the database',
    'Let this user write to the folder of the database: a copy is kept there before a migration.',
  ],
]
