import { fileURLToPath } from 'node:url'
import type { Database } from 'better-sqlite3'
import Postgrator from 'postgrator'
import { startError } from './start-error.ts'

/** `migrations/` stands at the top of the project, equally far from `src/` and from the built `dist/`. */
const PATTERN = fileURLToPath(new URL('../../../migrations/sqlite/*.sql', import.meta.url))

/**
 * Applies the numbered SQL files that the database has not seen, all of them in one transaction: the runner itself
 * takes no lock, so the transaction is what keeps two processes apart.
 * @throws StoreUnusable when a file fails, or was changed after it had been applied; StoreUnavailable when busy
 */
export async function migrate(db: Database): Promise<void> {
  const postgrator = new Postgrator({
    driver: 'sqlite3',
    migrationPattern: PATTERN,
    schemaTable: 'migrations',
    execQuery: (query) => Promise.resolve({ rows: rowsOf(db, query) }),
    execSqlScript: (script) => Promise.resolve(void db.exec(script)),
  })
  try {
    db.exec('BEGIN IMMEDIATE')
    await postgrator.migrate()
    db.exec('COMMIT')
  } catch (cause) {
    if (db.inTransaction) db.exec('ROLLBACK')
    throw startError('The database cannot be brought to the schema of this version', {
      code: 'migration_failed',
      hint: 'Run the version that last wrote this database, or restore the copy made before the update.',
      cause,
    })
  }
}

function rowsOf(db: Database, query: string): unknown[] {
  const statement = db.prepare(query)
  if (statement.reader) return statement.all()
  statement.run()
  return []
}
