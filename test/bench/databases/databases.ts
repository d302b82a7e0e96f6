import { randomBytes } from 'node:crypto'
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
import { LOOKED_UP } from '../../support/lookups.ts'
import { startServer } from '../../support/postgres/start-server.ts'
import { AT, everyOf, rowsOf } from './customers.ts'

/** A database of a service with so many connected customers; see `customers.ts` for their keys. */
export interface Filled {
  url: string
  encryptionKeys: string
  customers: number
}

/** Databases that several benchmarks use: each is filled once, when it is asked for first. */
export interface Databases {
  filled(engine: 'sqlite' | 'postgres', customers: number): Promise<Filled>
  close(): Promise<void>
}

/** The tables that get rows, as words of SQL. Their indexes are made faster from all rows than row by row. */
const FILLED = "'connections', 'generations', 'exchanges', 'audit'"

/** What notes of each row when it came, or copies it for look-ups, which takes longer than the row; and the same for all of them. */
const NOTES =
  "'connections_come', 'generations_come', 'lookups_come', 'lookups_change', 'looked_up_come', 'lookups_of_generations'"
const NOTED = `INSERT INTO changes (connection_id, at) SELECT id, ${AT} FROM connections`

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
  const slow = db
    .prepare<[], { type: string; name: string; sql: string }>(
      `SELECT type, name, sql FROM sqlite_schema
        WHERE type = 'index' AND sql NOT NULL AND tbl_name IN (${FILLED}) OR type = 'trigger' AND name IN (${NOTES})`,
    )
    .all()
  for (const { type, name } of slow) db.exec(`DROP ${type} ${name}`)
  const rows = tableRows(db)
  await fillTables(rows, customers)
  db.exec(NOTED)
  db.exec(`INSERT INTO lookups ${LOOKED_UP.sqlite} ORDER BY crm_key_hash`)
  for (const { sql } of slow) db.exec(sql)
  await rows.close()
  return { url, encryptionKeys: ENCRYPTION_KEYS, customers }
}

async function fillPostgres(server: string, customers: number): Promise<Filled> {
  const name = `bench_${customers}`
  await ask(`${server}/postgres`, `CREATE DATABASE ${name}`)
  const url = `${server}/${name}`
  await migrateStore({ database: databaseUrl().parse(url) }, { plan: false })
  await create(url)
  const indexes = await ask(
    url,
    `SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN (${FILLED})
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)`,
  )
  const triggers = await ask(
    url,
    `SELECT tgrelid::regclass AS of, tgname FROM pg_trigger WHERE tgname IN (${NOTES})`,
  )
  const eachTrigger = async (action: string) => {
    for (const { of, tgname } of triggers)
      await ask(url, `ALTER TABLE ${String(of)} ${action} TRIGGER ${String(tgname)}`)
  }
  await eachTrigger('DISABLE')
  for (const { indexname } of indexes) await ask(url, `DROP INDEX ${String(indexname)}`)
  const rows = await openPostgresRows(url)
  await fillTables(rows, customers)
  await rows.close()
  await ask(url, NOTED)
  await ask(url, `INSERT INTO lookups ${LOOKED_UP.postgres}`)
  for (const { indexdef } of indexes) await ask(url, String(indexdef))
  await eachTrigger('ENABLE')
  await ask(url, 'VACUUM ANALYZE')
  return { url, encryptionKeys: ENCRYPTION_KEYS, customers }
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
