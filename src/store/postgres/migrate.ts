import type { Client } from 'pg'
import { StoreUnusable } from '../errors.ts'
import { openDatabase } from './database.ts'
import { openClient } from './open.ts'
import { newer, runner, schemaState } from './schema.ts'
import { startError } from './start-error.ts'

/** One at a time on this database, whoever starts it. */
const LOCK = 'SELECT pg_advisory_xact_lock(8236402)'

/**
 * Applies the SQL files that the database has not seen, all of them in one transaction, one process at a time.
 * Resolves to the names of those that it applied.
 * @throws StoreUnusable when a file fails, was changed after it had been applied, or the database is newer;
 *   StoreUnavailable when the server cannot be reached
 */
export async function migratePostgres(url: string): Promise<string[]> {
  const client = openClient(url)
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await migrate(client)
  } catch (cause) {
    throw startError('The database cannot be brought to the schema of this version', {
      code: 'migration_failed',
      hint: 'Nothing was changed. Check the rights of the user in DATABASE_URL, and that no migration file was edited.',
      cause,
    })
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function migrate(client: Client): Promise<string[]> {
  await client.query('BEGIN')
  await client.query(LOCK)
  const postgrator = runner((sql) => client.query<object>(sql))
  if ((await postgrator.getDatabaseVersion()) > (await postgrator.getMaxVersion())) throw newer()
  const applied = await postgrator.migrate()
  await client.query('COMMIT')
  return applied.map(({ filename }) => filename.split(/[\\/]/).at(-1) ?? filename)
}

/** What `migratePostgres` would apply. */
export async function planPostgres(url: string): Promise<string[]> {
  const db = openDatabase(url)
  try {
    const { pending, unknown } = await schemaState(db)
    if (unknown > 0) throw newer()
    return pending
  } catch (cause) {
    if (cause instanceof StoreUnusable) throw cause
    throw startError('The database cannot be looked at', {
      ...{ code: 'database_cannot_open', hint: 'Check the name, user and password in DATABASE_URL.', cause },
    })
  } finally {
    await db.close()
  }
}
