import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Database } from 'better-sqlite3'
import Postgrator from 'postgrator'
import { StoreUnusable } from '../errors.ts'
import { keepCopy } from './keep-copy.ts'
import { startError } from './start-error.ts'

/** `migrations/` stands at the top of the project, equally far from `src/` and from the built `dist/`. */
export const MIGRATIONS = new URL('../../../migrations/sqlite/', import.meta.url)

/**
 * Applies the numbered SQL files that the database has not seen, all of them in one transaction: the runner itself
 * takes no lock, so the transaction is what keeps two processes apart. A copy of a file with data is kept first, unless it
 * is one (`keeps: false`). Resolves to the names of those that it applied.
 * @throws StoreUnusable when a file fails, or was changed after it had been applied; StoreUnavailable when busy
 */
export async function migrate(db: Database, { keeps = true } = {}): Promise<string[]> {
  const postgrator = new Postgrator({
    driver: 'sqlite3',
    migrationPattern: fileURLToPath(new URL('*.sql', MIGRATIONS)),
    schemaTable: 'migrations',
    execQuery: (query) => Promise.resolve({ rows: rowsOf(db, query) }),
    execSqlScript: (script) => Promise.resolve(void db.exec(script)),
  })
  try {
    if (await isCurrent(postgrator)) return []
    db.exec('BEGIN IMMEDIATE')
    // Another process may have been first; and what is written after the copy would be missing in it.
    if (keeps && !(await isCurrent(postgrator))) keepCopy(db.name, await postgrator.getDatabaseVersion())
    const applied = await postgrator.migrate()
    db.exec('COMMIT')
    return applied.map(({ filename }) => basename(filename))
  } catch (cause) {
    if (db.inTransaction) db.exec('ROLLBACK')
    if (cause instanceof StoreUnusable) throw cause
    throw startError('The database cannot be brought to the schema of this version', {
      code: 'migration_failed',
      hint: 'Run the version that last wrote this database, or restore the copy made before the update.',
      cause,
    })
  }
}

/**
 * At first without the lock: the runner waits for files while it holds it, and a command that opens the database of a
 * running service would stop that for as long.
 */
async function isCurrent(postgrator: Postgrator): Promise<boolean> {
  const version = await postgrator.getDatabaseVersion()
  const newest = await postgrator.getMaxVersion()
  if (version > newest) throw newer()
  if (version < newest) return false
  await postgrator.validateMigrations(version)
  return true
}

function rowsOf(db: Database, query: string): unknown[] {
  const statement = db.prepare(query)
  if (statement.reader) return statement.all()
  statement.run()
  return []
}

/** Also what an older version says after an update was taken back. */
export const newer = () =>
  new StoreUnusable('A newer version has migrated this database', {
    code: 'database_newer',
    hint: 'Run that version, or restore the copy that was made before the update.',
  })
