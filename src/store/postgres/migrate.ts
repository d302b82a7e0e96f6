import pg, { type Client } from 'pg'
import { seconds, systemMonotonic, type Monotonic } from '../../shared/clock.ts'
import { sleep } from '../../shared/sleep.ts'
import { StoreUnavailable } from '../errors.ts'
import { openDatabase } from './database.ts'
import { mustHoldAnyText } from './encoding.ts'
import { mustKeepSessions } from './keeps-sessions.ts'
import { openClient } from './open.ts'
import { newer, runner, schemaState } from './schema.ts'
import { CHECK_ADDRESS, startError } from './start-error.ts'
import type { Statement } from './statement.ts'

/** Whatever the role has for its default: what others have committed until the tables are locked has to be seen. */
export const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED'

/** One at a time on this database, from any process. */
export const LOCK = 'SELECT pg_advisory_xact_lock(8236402)'

/**
 * Replicas of the release before go on asking meanwhile, and take their tables in any order. Shorter than the second after
 * which the server looks for deadlocks: it is the migration that steps back, never a request of theirs.
 */
const LOCK_TIMEOUT = "SET LOCAL lock_timeout = '500ms'"

/** It takes as long as it takes, whatever the role is set to. */
const NO_TIMEOUT = 'SET LOCAL statement_timeout = 0'

/** A table was not free in time, or a deadlock was ended: nothing was changed, and it may simply be tried again. */
const IN_THE_WAY = /^(55P03|40P01)$/

/** How long it is tried, and the pause between two tries, in which who waits behind it is served. */
const [TRIED_FOR, PAUSE] = [seconds(60), 500]

/**
 * Applies the SQL files that the database has not seen, all of them in one transaction, one process at a time.
 * Resolves to the names of those that it applied.
 * @throws StoreUnusable when a file fails, was changed after it had been applied, or the database is newer;
 *   StoreUnavailable when the server cannot be reached, or others keep the tables in use
 */
export async function migratePostgres(url: string, now = systemMonotonic): Promise<string[]> {
  const client = await connected(url)
  try {
    return await migrateBetween(client, now)
  } catch (cause) {
    if (isInTheWay(cause)) throw inUse(cause)
    const detail = {
      code: 'migration_failed',
      hint: 'Nothing was changed. Check the rights of the user in DATABASE_URL, and that no migration file was edited.',
      cause,
    }
    throw startError('The database cannot be brought to the schema of this version', detail, url)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** On a database that the service can be started on: better told before the schema is changed. */
async function connected(url: string): Promise<Client> {
  try {
    const db = openDatabase(url)
    await mustKeepSessions(db, 'command').finally(() => db.close())
    const client = openClient(url)
    client.on('error', () => undefined)
    await client.connect()
    await mustHoldAnyText(asSession(client)).catch(async (error: unknown) => {
      await client.end().catch(() => undefined)
      throw error
    })
    return client
  } catch (cause) {
    throw cannotOpen(cause, url)
  }
}

/** Nobody else's migration ends this session, as it does those of replicas. */
const asSession = (client: Client) => ({
  one: async <Row>({ text }: Statement<Row>) => (await client.query(text)).rows[0] as Row | undefined,
})

/** As the start of the service says it. */
const cannotOpen = (cause: unknown, url: string) =>
  startError(
    'The database cannot be opened',
    { code: 'database_cannot_open', hint: CHECK_ADDRESS, cause },
    url,
  )

/** Between the requests of those who use the database. */
async function migrateBetween(client: Client, now: Monotonic): Promise<string[]> {
  const end = now() + TRIED_FOR
  for (;;) {
    try {
      return await migrate(client)
    } catch (error) {
      if (!isInTheWay(error) || now() > end) throw error
    }
    await client.query('ROLLBACK')
    await sleep(PAUSE)
  }
}

const isInTheWay = (error: unknown) => error instanceof pg.DatabaseError && IN_THE_WAY.test(error.code ?? '')

const inUse = (cause: unknown) =>
  new StoreUnavailable('Other sessions keep the tables of the database in use', {
    code: 'database_in_use',
    hint: 'Nothing was changed. Look for long transactions in pg_stat_activity, or run it again at a quieter time.',
    cause,
  })

async function migrate(client: Client): Promise<string[]> {
  await client.query(BEGIN)
  await client.query(NO_TIMEOUT)
  await client.query(LOCK)
  await client.query(LOCK_TIMEOUT)
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
    await mustKeepSessions(db, 'command')
    await mustHoldAnyText(db)
    const { pending, unknown } = await schemaState(db)
    if (unknown > 0) throw newer()
    return pending
  } catch (cause) {
    throw cannotOpen(cause, url)
  } finally {
    await db.close()
  }
}
