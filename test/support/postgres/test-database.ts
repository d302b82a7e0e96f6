import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { inject } from 'vitest'
import { migratePostgres } from '../../../src/store/postgres/migrate.ts'

/** What every migrated database of this server is copied from. */
export async function makeTemplate(server: string) {
  await onServer(`${server}/postgres`, 'CREATE DATABASE wauth_template')
  await migratePostgres(`${server}/wauth_template`)
}

/** A database of its own on the server of this run: migrated like any other, or empty. */
export async function testDatabase({ empty = false, server = inject('postgresServer') } = {}) {
  const name = `test_${randomBytes(6).toString('hex')}`
  const order = (sql: string) => onServer(`${server}/postgres`, sql)
  await order(`CREATE DATABASE ${name} ${empty ? '' : 'TEMPLATE wauth_template STRATEGY FILE_COPY'}`)
  const url = `${server}/${name}`
  return {
    url,
    query: (sql: string) => onServer(url, sql),
    /** Another session that does this and keeps what it has locked. */
    hold: (sql: string) => holdOn(url, sql),
    /** Whether a whole table of this database is held. */
    isHeld: async () => (await onServer(url, HELD)).length > 0,
    /** Whether a session of the service waits for a lock in this database. */
    isWaitedFor: async () => (await onServer(url, WAITING)).length > 0,
    /** As new, in a fraction of the time that a new one takes. */
    clear: () => onServer(url, CLEAR),
    remove: () => order(`DROP DATABASE ${name} WITH (FORCE)`),
  }
}

const CLEAR = `
  DO $$ BEGIN EXECUTE (
    SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') || ' RESTART IDENTITY'
    FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations'
  ); END $$`

// Other tests have databases of their own on this server, at the same time.
const HELD = `SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
const WAITING = `SELECT 1 FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'wauth' AND wait_event_type = 'Lock'`

async function onServer(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}

async function holdOn(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`BEGIN; ${sql}`)
  return {
    /** Resolves when a session of the service waits for it. */
    async somebodyWaits() {
      while ((await onServer(url, WAITING)).length === 0) await pause(20)
    },
    async release() {
      await client.query('ROLLBACK')
      await client.end()
    },
  }
}
