import { fileURLToPath } from 'node:url'
import Postgrator from 'postgrator'
import { StoreUnusable } from '../errors.ts'
import { migrationFiles } from '../migration-files.ts'
import type { Session } from './database.ts'
import { statement } from './statement.ts'

/** `migrations/` stands at the top of the project, equally far from `src/` and from the built `dist/`. */
export const MIGRATIONS = new URL('../../../migrations/postgres/', import.meta.url)

const HAS = statement<{ has: boolean }>('SELECT to_regclass(@table) IS NOT NULL AS has')

const SEEN = statement<{ version: number; md5: string | null }>(
  'SELECT version, md5 FROM migrations WHERE version > 0',
)

/** Whether the database has a table. */
export const has = async (session: Session, table: string): Promise<boolean> =>
  (await session.one(HAS, { table }))?.has === true

/** Which migrations of this version the database has not seen, and how many it has seen that this version lacks. */
export async function schemaState(session: Session): Promise<{ pending: string[]; unknown: number }> {
  const seen = (await has(session, 'migrations')) ? await session.all(SEEN) : []
  const known = migrationFiles(MIGRATIONS)
  return {
    pending: known
      .filter((file) => !seen.some((row) => row.version === file.version))
      .map(({ name }) => name),
    unknown: seen.filter((row) => !known.some((file) => file.version === row.version)).length,
  }
}

/** The runner of the numbered SQL files; it takes no lock and begins no transaction. */
export const runner = (query: (sql: string) => Promise<{ rows: unknown[] }>): Postgrator =>
  new Postgrator({
    driver: 'pg',
    migrationPattern: fileURLToPath(new URL('*.sql', MIGRATIONS)),
    schemaTable: 'migrations',
    execQuery: query,
    execSqlScript: async (script) => {
      await query(script)
    },
  })

/**
 * With several replicas, none of them may change the schema under the others by merely starting.
 * @throws StoreUnusable unless the database is at the schema of this version
 */
export async function mustBeCurrent(session: Session): Promise<void> {
  const { pending, unknown } = await schemaState(session)
  if (unknown > 0) throw newer()
  if (pending.length === 0) return
  throw new StoreUnusable('The database is not at the schema of this version', {
    code: 'database_not_migrated',
    hint: 'Make a copy of it (wauth backup), then run: wauth migrate',
  })
}

export const newer = () =>
  new StoreUnusable('A newer version has migrated this database', {
    code: 'database_newer',
    hint: 'Run that version, or restore the copy that was made before the update.',
  })
