import type { Client } from 'pg'
import { AppError } from '../../shared/app-error.ts'
import { systemClock } from '../../shared/clock.ts'
import { StoreUnavailable } from '../errors.ts'
import { inUse, stampOf, type Restore, type RestoreOptions } from '../held.ts'
import { rowsOf, SEEN_MIGRATIONS, type Programs, type RowSource } from '../row-source.ts'
import { replicaKeys } from '../sql/replica-keys.ts'
import { takeOver, type TakenOver } from '../sql/take-over.ts'
import { TABLES, type TableRow } from '../table-rows.ts'
import { wholeFile } from '../whole-file.ts'
import { withinTransaction, type Database } from './database.ts'
import { COPIED, dump } from './dump.ts'
import { openDump, type Dump } from './dump-rows.ts'
import { BEGIN, LOCK } from './migrate.ts'
import { openClient } from './open.ts'
import { runner } from './run.ts'
import { has, runner as migrations } from './schema.ts'
import { startError } from './start-error.ts'
import { dropTables, giveBack, rightsIn } from './rights.ts'
import { addTo, countOn, tableRows } from './table-rows.ts'

/** Rows that are read, or added, at a time. */
const PAGE = 500

/**
 * Opens a copy and the database that it is to replace. Where that is held, others read it, and nobody writes.
 * @throws AppError while a service runs on it; StoreUnusable, StoreUnavailable
 */
export async function restorePostgres(
  url: string,
  file: string,
  { holds, programs }: RestoreOptions,
): Promise<Restore> {
  const copy = await openDump(file, programs)
  const client = openClient(url)
  client.on('error', () => undefined)
  const close = () => client.end().catch(() => undefined)
  try {
    const { db, current, there } = await said(url, () => begin(client, holds ? BEGIN : LOOK))
    const isThere = there.includes('connections')
    if (holds && isThere) await said(url, () => hold(client, { db, there }))
    return {
      ...{ copy, close, replaced: { state: isThere ? 'found' : 'none', current } },
      replace: (changes) => said(url, () => replace({ url, programs, client, db, there }, copy, changes)),
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** One state of it, and no change to it. */
const LOOK = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'

async function begin(client: Client, how: string) {
  await client.connect()
  await client.query(how)
  // It takes as long as it takes, and a person may have to think; only who is in the way is not waited for.
  for (const name of ['statement_timeout', 'idle_in_transaction_session_timeout'])
    await client.query(`SET LOCAL ${name} = 0`)
  await client.query("SET LOCAL lock_timeout = '2s'")
  const db = withinTransaction(client)
  const current = rowsIn(db)
  return { db, current, there: await current.tables() }
}

async function hold(client: Client, { db, there }: { db: Database; there: readonly string[] }) {
  await mustBeAlone(db)
  await client.query(LOCK)
  await client.query(`LOCK TABLE ${there.join(', ')} IN EXCLUSIVE MODE`)
  // One may have started in between; from here on none can.
  await mustBeAlone(db)
}

/** A replica says every few seconds that it runs; one that was killed is taken for a running one for a while. */
async function mustBeAlone(db: Database) {
  const names = (await replicaKeys(runner(db)).announced()).map(({ name }) => name)
  if (names.length > 0)
    throw inUse(`${names.join(', ')} said within the last 90 seconds that it runs, or was killed since`)
}

/** What the server says, in words that help. */
async function said<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof AppError && !(cause instanceof StoreUnavailable)) throw cause
    const detail = {
      code: 'restore_failed',
      hint: 'Nothing was changed. The role in DATABASE_URL has to own the tables, as for wauth migrate.',
      cause,
    }
    throw startError('The database cannot be restored', detail, url)
  }
}

function rowsIn(db: Database): RowSource {
  const all = tableRows(db)
  return {
    async tables() {
      const found = []
      for (const { name } of COPIED) if (await has(db, name)) found.push(name)
      return found
    },
    async *rows(table) {
      for (let after: TableRow | null = null; ;) {
        const rows: TableRow[] = await all.page(table, after, PAGE)
        yield* rows
        after = rows.at(-1) ?? null
        if (!after) return
      }
    },
  }
}

interface Place {
  url: string
  programs: Programs
  client: Client
  db: Database
  there: readonly string[]
}

/** One transaction, up to the commit at its end: the tables are made as the copy's release made them, filled, and brought up to date. */
async function replace({ url, programs, client, db, there }: Place, copy: Dump, changes: TakenOver) {
  const kept = there.length > 0 ? `${copy.file}.replaced-${stampOf(systemClock())}` : null
  if (kept !== null) await wholeFile(kept, (file) => dump(url, file, { programs }))
  const were = await rightsIn(client)
  await dropTables(client, were)
  const migrator = migrations((sql) => client.query<object>(sql))
  await migrator.migrate(String(await schemaOf(copy)))
  for (const table of TABLES) {
    let rows: TableRow[] = []
    const add = async () => {
      if (rows.length > 0) await db.run(addTo(table), { rows: JSON.stringify(rows) })
      rows = []
    }
    for await (const row of rowsOf(copy, table)) if (rows.push(row) === PAGE) await add()
    await add()
    if (table.counted && (await has(db, table.name))) await db.all(countOn(table))
  }
  await migrator.migrate()
  await takeOver(runner(db), changes)
  await client.query(`ANALYZE lookups, ${TABLES.map(({ name }) => name).join(', ')}`)
  await giveBack(client, were)
  await client.query('COMMIT')
  return kept
}

async function schemaOf(copy: Dump): Promise<number> {
  let newest = 0
  for await (const { version } of copy.rows(SEEN_MIGRATIONS)) newest = Math.max(newest, Number(version))
  return newest
}
