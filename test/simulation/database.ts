import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SqliteDatabase from 'better-sqlite3'
import pg from 'pg'
import type { Store } from '../../src/store/port.ts'
import { openPostgresStore } from '../../src/store/postgres/index.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import type { SchemaChange } from '../support/later-release.ts'
import { wrongLookupsIn, wrongLookupsOf } from '../support/lookups.ts'
import { testDatabase } from '../support/postgres/test-database.ts'
import { storeTime } from '../support/store-time.ts'

/** The database of one run. */
export interface Database {
  /** Its values lie in it as they are: who uses it seals them. */
  engine: Store
  /** Sets the clock by which leases go: the database's own, which no step of a replica's clock touches. */
  setTime: (to: Date) => Promise<void>
  /** Does what the migration of a later release would do: by a connection of its own, in one transaction. */
  migrate: (change: SchemaChange) => Promise<void>
  /** Rows that look-ups tell otherwise than keys and connections are: see `lookups.ts`. */
  wrongLookups: () => Promise<unknown[]>
  close(): Promise<void>
}

/** Makes an empty database for one run after the other. */
export interface Databases {
  next(): Promise<Database>
  close(): Promise<void>
}

/** In memory where the system has a folder for it: nothing of a run has to outlive a power cut. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** Files, each a copy of one that was migrated. */
export async function sqliteDatabases(): Promise<Databases> {
  const folder = await mkdtemp(join(FOLDER, 'wauth-simulation-'))
  const empty = join(folder, 'empty.db')
  await (await openSqliteStore(empty)).close()
  const path = join(folder, 'wauth.db')
  return {
    async next() {
      await Promise.all(['', '-wal', '-shm'].map((end) => rm(`${path}${end}`, { force: true })))
      await copyFile(empty, path)
      const { time, setTime } = storeTime()
      const engine = await openSqliteStore(path, time)
      const wrongLookups = () => Promise.resolve(wrongLookupsIn(path))
      return { engine, setTime, wrongLookups, migrate: migrateFile(path), close: () => engine.close() }
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

const migrateFile =
  (path: string) =>
  async ({ sqlite }: SchemaChange) => {
    const db = new SqliteDatabase(path)
    await Promise.resolve(db.exec(`BEGIN IMMEDIATE; ${sqlite}; COMMIT`)).finally(() => db.close())
  }

/** One database of a PostgreSQL server that has `wauth_template`: emptied for each run, or made again after a migration. */
export async function postgresDatabases(server?: string): Promise<Databases> {
  const make = () => openTestDatabase(server)
  let made = await make()
  return {
    async next() {
      if (made.isMigrated()) {
        await made.remove()
        made = await make()
      } else await made.clear()
      const engine = await openPostgresStore(made.url)
      const { setTime, migrate, wrongLookups } = made
      return { engine, setTime, migrate, wrongLookups, close: () => engine.close() }
    },
    close: () => made.remove(),
  }
}

async function openTestDatabase(server?: string) {
  const { url, query, clear, remove } = await testDatabase(server === undefined ? {} : { server })
  // As `setTime` of the test's database, by a connection that stays: it is set before every call.
  const hands = new pg.Client({ connectionString: url })
  await hands.connect()
  await hands.query('SET synchronous_commit = off')
  let migrated = false
  return {
    ...{ url, clear, isMigrated: () => migrated },
    setTime: async (to: Date) => {
      await hands.query('UPDATE clock.hands SET stands_at = $1', [to])
    },
    migrate: async ({ postgres }: SchemaChange) => {
      migrated = true
      await hands.query(`BEGIN; ${postgres}; COMMIT`)
    },
    wrongLookups: () => wrongLookupsOf({ query }),
    remove: async () => {
      await hands.end()
      await remove()
    },
  }
}
