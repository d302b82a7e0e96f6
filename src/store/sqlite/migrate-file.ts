import { StoreUnusable } from '../errors.ts'
import { inspectSqlite } from './inspect.ts'
import { migrate, MIGRATIONS, newer } from './migrate.ts'
import { migrationFiles } from '../migration-files.ts'
import { openDatabase, openForWriting } from './open.ts'
import { tableRows } from './table-rows.ts'

/**
 * Brings a file to the schema of this version; the start of the service does the same.
 * @throws StoreUnusable, StoreUnavailable
 */
export async function migrateSqlite(path: string): Promise<string[]> {
  const db = openForWriting(path)
  try {
    return await migrate(db)
  } finally {
    db.close()
  }
}

/** What `migrateSqlite` would apply. */
export async function planSqlite(path: string): Promise<string[]> {
  const found = inspectSqlite(path)
  if (found.kind === 'missing') return migrationFiles(MIGRATIONS).map(({ name }) => name)
  if (found.kind === 'unusable') throw unusable()
  if (found.unknown > 0) throw newer()
  return found.pending
}

/**
 * Opens the file of a service that is stopped, to move rows out of it or into it.
 * @throws StoreUnusable unless it is at the schema of this version
 */
export async function openSqliteRows(path: string) {
  if ((await planSqlite(path)).length === 0) return tableRows(openDatabase(path))
  throw new StoreUnusable('The database is not at the schema of this version', {
    code: 'database_not_migrated',
    hint: 'Check the path; if it is the right one: wauth migrate',
  })
}

const unusable = () =>
  new StoreUnusable('The database file cannot be opened', {
    code: 'database_cannot_open',
    hint: 'Check that DATABASE_URL names a SQLite file that this user may read and write.',
  })
