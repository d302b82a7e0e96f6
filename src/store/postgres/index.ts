import { setTimeout as sleep } from 'node:timers/promises'
import { StoreUnavailable } from '../errors.ts'
import type { Store } from '../port.ts'
import { attempts } from './attempts.ts'
import { audit } from './audit.ts'
import { cleanUp } from './clean-up.ts'
import { connections } from './connections.ts'
import { counts } from './counts.ts'
import { openDatabase, type Database } from './database.ts'
import { exchanges } from './exchanges.ts'
import { keys } from './keys.ts'
import { mustBeCurrent } from './schema.ts'
import { sealedValues } from './sealed-values.ts'
import { sealingKeys } from './sealing-keys.ts'
import { claims, parked } from './short-lived.ts'
import { startError } from './start-error.ts'
import { statement } from './statement.ts'
import { tableRows } from './table-rows.ts'
import { uploads } from './uploads.ts'
import { mustBeWritable } from './writable.ts'

/** What has to be sure before anything is written to a database that was in use before. */
interface OpenOptions {
  beforeWriting?: (records: Pick<Store, 'sealingKeys' | 'sealedValues'>) => Promise<void>
}

const PROVE = statement(`
  INSERT INTO health_writes (id, written_at) VALUES (1, @now)
  ON CONFLICT (id) DO UPDATE SET written_at = excluded.written_at`)

/** A database that can only be read, such as a standby, connects nobody. */
const ANSWERS = statement<{ writable: boolean }>(`
  SELECT NOT pg_is_in_recovery() AND NOT current_setting('transaction_read_only')::boolean AS writable
  FROM (SELECT count(*) FROM (SELECT 1 FROM attempts LIMIT 1) AS one) AS any_row`)

/**
 * Opens the store in a PostgreSQL database that `wauth migrate` has brought to the schema of this version.
 * @throws StoreUnusable, StoreUnavailable
 */
export async function openPostgresStore(url: string, options: OpenOptions = {}): Promise<Store> {
  const db = await openCurrent(url, async (found) => {
    await mustBeWritable(found)
    await options.beforeWriting?.(records(found))
  })
  return {
    attempts: attempts(db),
    exchanges: exchanges(db),
    connections: connections(db),
    keys: keys(db),
    claims: claims(db),
    parked: parked(db),
    uploads: uploads(db),
    audit: audit(db),
    ...records(db),
    cleanUp: cleanUp(db),
    counts: counts(db),
    ping: async () => {
      if ((await db.one(ANSWERS))?.writable !== true) throw readOnly()
    },
    proveWritable: async (now) => {
      await db.run(PROVE, { now: now.getTime() })
    },
    close: () => db.close(),
  }
}

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
  const db = await openCurrent(url)
  return { keys: keys(db), ...records(db), close: () => db.close() }
}

/**
 * Opens the database of a service that is stopped, to move rows out of it or into it.
 * @throws StoreUnusable, StoreUnavailable
 */
export const openPostgresRows = async (url: string) => tableRows(await openCurrent(url))

async function openCurrent(url: string, check?: (db: Database) => Promise<void>) {
  const db = openDatabase(url)
  try {
    await patiently(() => mustBeCurrent(db))
    await check?.(db)
    return db
  } catch (cause) {
    await db.close()
    throw startError('The database cannot be opened', {
      code: 'database_cannot_open',
      hint: 'Check the name, user and password in DATABASE_URL.',
      cause,
    })
  }
}

const records = (db: Database) => ({ sealingKeys: sealingKeys(db), sealedValues: sealedValues(db) })

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
