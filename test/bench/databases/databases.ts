import { randomBytes } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import { createKeyRing } from '../../../src/crypto/key-ring.ts'
import { createSealer, type Sealer } from '../../../src/crypto/sealer.ts'
import { encryptionKeys as readKeys } from '../../../src/config/fields/encryption-keys.ts'
import { databaseUrl } from '../../../src/config/fields/database-url.ts'
import { migrateStore, openStore } from '../../../src/store/index.ts'
import { openPostgresRows } from '../../../src/store/postgres/index.ts'
import { tableRows } from '../../../src/store/sqlite/table-rows.ts'
import { TABLES, type TableRows } from '../../../src/store/table-rows.ts'
import { startServer } from '../../support/postgres/start-server.ts'
import { everyOf, rowsOf } from './customers.ts'

/** A database of a service with so many connected customers; see `customers.ts` for their keys. */
export interface Filled {
  url: string
  encryptionKeys: string
  customers: number
  /** Bytes of the database, its indexes included. */
  size: number
}

/** Databases that several benchmarks use: each is filled once, when it is asked for first. */
export interface Databases {
  filled(engine: 'sqlite' | 'postgres', customers: number): Promise<Filled>
  close(): Promise<void>
}

/** Rows of one commit. */
const PAGE = 2000

const ENCRYPTION_KEYS = `bench:${randomBytes(32).toString('base64')}`

/** @param tell what takes a while */
export function createDatabases(folder: string, tell: (doing: string) => void): Databases {
  const made = new Map<string, Promise<Filled>>()
  let server: ReturnType<typeof startServer> | undefined
  const fill = {
    sqlite: (customers: number) => fillSqlite(join(folder, `${customers}.db`), customers),
    postgres: async (customers: number) => fillPostgres((await (server ??= startServer())).url, customers),
  }
  return {
    filled(engine, customers) {
      const name = `${engine} ${customers}`
      const filled = made.get(name)
      if (filled) return filled
      tell(`filling a database: ${engine}, ${customers} connections`)
      const filling = fill[engine](customers)
      made.set(name, filling)
      return filling
    },
    close: async () => (await server)?.remove(),
  }
}

async function fillSqlite(path: string, customers: number): Promise<Filled> {
  const url = `file:${path}`
  await create(url)
  const db = new Database(path)
  // It need not outlive a power cut.
  for (const pragma of ['synchronous = OFF', 'cache_size = -1000000']) db.pragma(pragma)
  await fillTables(tableRows(db), customers)
  return { url, encryptionKeys: ENCRYPTION_KEYS, customers, size: (await stat(path)).size }
}

async function fillPostgres(server: string, customers: number): Promise<Filled> {
  const name = `bench_${customers}`
  await ask(`${server}/postgres`, `CREATE DATABASE ${name}`)
  const url = `${server}/${name}`
  await migrateStore({ database: databaseUrl().parse(url) }, { plan: false })
  await create(url)
  await fillTables(await openPostgresRows(url), customers)
  await ask(url, 'VACUUM ANALYZE')
  const [row] = await ask(url, 'SELECT pg_database_size(current_database()) AS size')
  return { url, encryptionKeys: ENCRYPTION_KEYS, customers, size: Number(row?.['size']) }
}

/** As a service does that starts for the first time. */
async function create(url: string) {
  const settings = { database: databaseUrl().parse(url), encryptionKeys: readKeys().parse(ENCRYPTION_KEYS) }
  await (await openStore(settings)).close()
}

async function fillTables(rows: TableRows, customers: number) {
  const sealer = createSealer(createKeyRing(readKeys().parse(ENCRYPTION_KEYS).reveal()))
  const every = everyOf(customers)
  const filler = fillerLike(sealer)
  const rowsAt = (i: number) => rowsOf(i, i % every === 0 ? sealer : filler)
  for (let from = 0; from < customers; from += PAGE) {
    const page = Array.from({ length: Math.min(PAGE, customers - from) }, (_, i) => rowsAt(from + i))
    for (const table of TABLES) {
      const added = page.map((one) => one[table.name]).filter((row) => row !== undefined)
      if (added.length > 0) await rows.add(table, added)
    }
  }
  await rows.close()
}

/** Makes values that begin and are as long as those of the sealer. */
function fillerLike(sealer: Sealer): Pick<Sealer, 'seal'> {
  const made = new Map<string, string>()
  return {
    seal(text, place) {
      const known = made.get(place.column) ?? sealer.seal(text, place)
      made.set(place.column, known)
      return known
    },
  }
}

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
    .query<Record<string, unknown>>(sql)
    .then(({ rows }) => rows)
    .finally(() => client.end())
}
