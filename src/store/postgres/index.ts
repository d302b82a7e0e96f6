import { sleep } from '../../shared/sleep.ts'
import { remaining } from '../erasure.ts'
import { StoreUnavailable } from '../errors.ts'
import type { OpenOptions } from '../open-options.ts'
import type { Store } from '../port.ts'
import { databaseTime } from '../sql/database-time.ts'
import { installs } from '../sql/installs.ts'
import { keysOf, recordsOf, storeOf } from '../sql/store.ts'
import { opening } from './attempts.ts'
import { connectionCounts, uploadCounts } from './counts.ts'
import { openDatabase, type Database } from './database.ts'
import { mustHoldAnyText } from './encoding.ts'
import { mustKeepSessions } from './keeps-sessions.ts'
import { findKey } from './find-key.ts'
import { runner } from './run.ts'
import { mustBeCurrent } from './schema.ts'
import { CHECK_ADDRESS, startError } from './start-error.ts'
import { statement } from './statement.ts'
import { tableRows } from './table-rows.ts'
import { mustBeWritable } from './writable.ts'

/** A database that can only be read, such as a standby, connects nobody. */
const ANSWERS = statement<{ writable: boolean }>(`
  SELECT NOT pg_is_in_recovery() AND NOT current_setting('transaction_read_only')::boolean AS writable
  FROM (SELECT count(*) FROM (SELECT 1 FROM attempts LIMIT 1) AS one) AS any_row`)

/**
 * Opens the store in a PostgreSQL database that `wauth migrate` has brought to the schema of this version.
 * @throws StoreUnusable, StoreUnavailable
 */
export async function openPostgresStore(
  url: string,
  { beforeWriting, teller }: OpenOptions = {},
): Promise<Store> {
  const db = await openCurrent(url, 'service', async (found) => {
    await mustBeWritable(found)
    await beforeWriting?.(recordsOf(runner(found)))
  })
  const run = runner(db, teller)
  return storeOf(run, {
    open: opening(db),
    findKey: findKey(db),
    connectionCounts: connectionCounts(db),
    uploadCounts: uploadCounts(db),
    ping: async () => {
      if ((await db.one(ANSWERS))?.writable !== true) throw readOnly()
    },
    databaseTime: () => run(databaseTime),
    wipe: () => Promise.resolve(REMAINS.map((code) => remaining(code))),
    close: () => db.close(),
  })
}

/** What the server keeps is its own affair, and its administrator's. */
const REMAINS = ['dead_rows', 'statistics', 'server_log', 'backups', 'log_lines'] as const

const readOnly = () =>
  new StoreUnavailable('The database can only be read', {
    code: 'storage_unavailable',
    hint: 'Point DATABASE_URL at the primary: this server is a standby, or refuses to be written to.',
  })

/**
 * Opens the database of a running service to look keys up, and writes nothing.
 * @throws StoreUnusable, StoreUnavailable
 */
export async function openPostgresKeys(url: string) {
  const db = await openCurrent(url, 'command')
  const run = runner(db)
  return {
    keys: keysOf(run, findKey(db)),
    ...recordsOf(run),
    installs: installs(run),
    databaseTime: () => run(databaseTime),
    close: () => db.close(),
  }
}

/**
 * Opens the database of a service that is stopped, to move rows out of it or into it.
 * @throws StoreUnusable, StoreUnavailable
 */
export const openPostgresRows = async (url: string) => tableRows(await openCurrent(url, 'command'))

async function openCurrent(url: string, use: 'service' | 'command', check?: (db: Database) => Promise<void>) {
  const db = openDatabase(url)
  try {
    await patiently(() => mustKeepSessions(db, use))
    if (use === 'service') await mustHoldAnyText(db)
    await patiently(() => mustBeCurrent(db))
    await check?.(db)
    return db
  } catch (cause) {
    await db.close()
    const detail = { code: 'database_cannot_open', hint: CHECK_ADDRESS, cause }
    throw startError('The database cannot be opened', detail, url)
  }
}

const [TRIES, PAUSE] = [3, 500]

/** A server that starts together with the service, or is busy for a moment, is given some seconds. */
async function patiently(look: () => Promise<void>) {
  for (let tries = 1; ; tries++) {
    try {
      await look()
      return
    } catch (error) {
      if (tries === TRIES || !(error instanceof StoreUnavailable)) throw error
      await sleep(PAUSE)
    }
  }
}
