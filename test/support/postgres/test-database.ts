import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { inject } from 'vitest'
import { migratePostgres } from '../../../src/store/postgres/migrate.ts'

/** What every migrated database of this server is copied from. */
export async function makeTemplate(server: string) {
  await onServer(`${server}/postgres`, 'CREATE DATABASE wauth_template')
  await migratePostgres(`${server}/wauth_template`)
  await onServer(`${server}/wauth_template`, MOVABLE_CLOCK)
}

/**
 * The service asks for `statement_timestamp()`, and a database of the tests finds this one first: a test moves the time of
 * every process on it, as no process can.
 */
const MOVABLE_CLOCK = `
  CREATE SCHEMA clock;
  CREATE TABLE clock.hands (stands_at timestamptz, ahead bigint NOT NULL);
  INSERT INTO clock.hands VALUES (NULL, 0);
  CREATE FUNCTION clock.statement_timestamp() RETURNS timestamptz STABLE LANGUAGE sql AS $$
    SELECT coalesce(stands_at, pg_catalog.statement_timestamp()) + ahead * interval '1 millisecond' FROM clock.hands $$;
  ALTER FUNCTION note_change() SET search_path = public, clock, pg_catalog, pg_temp;
  GRANT USAGE ON SCHEMA clock TO PUBLIC;
  GRANT SELECT ON clock.hands TO PUBLIC`

/** A database of its own on the server of this run: migrated like any other, or empty. */
export async function testDatabase({ empty = false, server = inject('postgresServer') } = {}) {
  const name = `test_${randomBytes(6).toString('hex')}`
  const order = (sql: string) => onServer(`${server}/postgres`, sql)
  await order(`CREATE DATABASE ${name} ${empty ? '' : 'TEMPLATE wauth_template STRATEGY FILE_COPY'}`)
  if (!empty) await order(`ALTER DATABASE ${name} SET search_path = public, clock, pg_catalog`)
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
    /** Its clock stands still at this moment, for every process. */
    setTime: async (to: Date) => {
      await onServer(url, `UPDATE clock.hands SET stands_at = to_timestamp(${to.getTime() / 1000}::numeric)`)
    },
    /** So many milliseconds pass at once. */
    moveTime: async (ms: number) => {
      await onServer(url, `UPDATE clock.hands SET ahead = ahead + ${ms}`)
    },
    /** As new, in a fraction of the time that a new one takes. */
    clear: () => onServer(url, empty ? CLEAR : `${SET_RIGHT}; ${CLEAR}`),
    remove: () => order(`DROP DATABASE ${name} WITH (FORCE)`),
  }
}

const SET_RIGHT = 'UPDATE clock.hands SET stands_at = NULL, ahead = 0'

// TRUNCATE would make each table's files once more. As a replica, since the audit lets nobody delete.
const CLEAR = `
  DO $$ DECLARE one text; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT tablename FROM pg_tables
      WHERE schemaname = 'public' AND tablename NOT IN ('migrations', 'epochs')
    LOOP EXECUTE format('DELETE FROM %I', one); END LOOP;
    PERFORM setval(format('%I', sequencename)::regclass, 1, false) FROM pg_sequences WHERE schemaname = 'public';
  END $$`

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
    query: (sql: string) => client.query(sql),
    async release() {
      await client.query('ROLLBACK')
      await client.end()
    },
  }
}
