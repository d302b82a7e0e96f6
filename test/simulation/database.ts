import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { databaseUrl } from '../../src/config/fields/database-url.ts'
import { Secret } from '../../src/config/secret.ts'
import type { Clock } from '../../src/shared/clock.ts'
import { openStore } from '../../src/store/index.ts'
import type { Store } from '../../src/store/port.ts'
import { testDatabase } from '../support/postgres/test-database.ts'
import { storeTime } from '../support/store-time.ts'

/** The database of one run. */
export interface Database {
  store: Store
  /** Sets the clock by which leases go: the database's own, which no step of a replica's clock touches. */
  setTime: (to: Date) => Promise<void>
  close(): Promise<void>
}

/** Makes an empty database for one run after the other. */
export interface Databases {
  next(): Promise<Database>
  close(): Promise<void>
}

const encryptionKeys = new Secret([{ id: 'k1', key: randomBytes(32) }])

const open = (url: string, time: { clock?: Clock; monotonic?: () => number } = {}) =>
  openStore({ database: databaseUrl().parse(url), encryptionKeys }, time)

/** In memory where the system has a folder for it: nothing of a run has to outlive a power cut. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** Files, each a copy of one that was migrated. */
export async function sqliteDatabases(): Promise<Databases> {
  const folder = await mkdtemp(join(FOLDER, 'wauth-simulation-'))
  const empty = join(folder, 'empty.db')
  await (await open(`file:${empty}`)).close()
  const path = join(folder, 'wauth.db')
  return {
    async next() {
      await Promise.all(['', '-wal', '-shm'].map((end) => rm(`${path}${end}`, { force: true })))
      await copyFile(empty, path)
      const { time, setTime } = storeTime()
      const store = await open(`file:${path}`, time)
      return { store, setTime, close: () => store.close() }
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

/** One database of a PostgreSQL server that has `wauth_template`, emptied for each run. */
export async function postgresDatabases(server?: string): Promise<Databases> {
  const made = await testDatabase(server === undefined ? {} : { server })
  // As `setTime` of the test's database, by a connection that stays: it is set before every call.
  const hands = new pg.Client({ connectionString: made.url })
  await hands.connect()
  await hands.query('SET synchronous_commit = off')
  return {
    async next() {
      await made.clear()
      const store = await open(made.url)
      return {
        store,
        async setTime(to) {
          await hands.query('UPDATE clock.hands SET stands_at = $1', [to])
        },
        close: () => store.close(),
      }
    },
    close: async () => {
      await hands.end()
      await made.remove()
    },
  }
}
