import type { Database } from 'better-sqlite3'
import { systemClock, systemMonotonic } from '../../shared/clock.ts'
import type { OpenOptions } from '../open-options.ts'
import type { Store } from '../port.ts'
import { installs } from '../sql/installs.ts'
import { endLeases } from '../sql/lease.ts'
import { withdrawAll } from '../sql/replica-keys.ts'
import { correctPast } from '../sql/set-clock.ts'
import { keysOf, recordsOf, storeOf } from '../sql/store.ts'
import { opening } from './attempts.ts'
import { connectionCounts, uploadCounts } from './counts.ts'
import { databaseTimeOf } from './database-time.ts'
import { beginEpoch } from './epochs.ts'
import { guarded } from './guarded.ts'
import { immediate } from './immediate.ts'
import { findKey, findOneKey } from './find-key.ts'
import { forgetCopies } from './keep-copy.ts'
import { migrate } from './migrate.ts'
import { openForReading, openForWriting } from './open.ts'
import { runner } from './run.ts'
import { startError } from './start-error.ts'
import { wiping } from './wipe.ts'

/**
 * Opens the store in a SQLite file and brings it to the schema of this version.
 * @throws StoreUnusable
 */
export async function openSqliteStore(path: string, options: OpenOptions = {}): Promise<Store> {
  const { beforeWriting, clock = systemClock, monotonic = systemMonotonic, keepsLeases, teller } = options
  const db = openForWriting(path)
  const time = databaseTimeOf(clock, keepsLeases ? monotonic : null)
  const run = runner(db, time, teller)
  try {
    if (isInUse(db)) await beforeWriting?.(ofAnyRelease(db, recordsOf(run)))
    await migrate(db)
    forgetCopies(path, clock())
    // The process that had them is gone: a database has one process that works on it.
    if (keepsLeases) {
      await run(endLeases)
      await run(correctPast)
      await run(withdrawAll)
      await beginEpoch(db)
    }
    // From here on `guarded` waits: the driver would keep the whole process waiting.
    db.pragma('busy_timeout = 0')
  } catch (error) {
    db.close()
    throw error
  }
  const select = db.prepare('SELECT 1 FROM attempts LIMIT 1')
  // With the lock of a writer: without it nobody is connected.
  const answers = immediate(db, () => select.get())
  const wiper = wiping(db, keepsLeases)
  const store = storeOf(run, {
    open: opening(db, time),
    findKey: findKey(db, time),
    connectionCounts: connectionCounts(db),
    uploadCounts: uploadCounts(db),
    ping: () => guarded(db, () => void answers()),
    databaseTime: noClock,
    wipe: wiper.wipe,
    close: async () => {
      db.close()
    },
  })
  const cleanUp: Store['cleanUp'] = async (now, limit, kept) => {
    const touched = await store.cleanUp(now, limit, kept)
    if (touched > 0) return touched
    // Once a round, and not with each of its batches: it looks through a folder.
    forgetCopies(path, now)
    await wiper.tryAgain()
    return 0
  }
  return { ...store, cleanUp }
}

/**
 * Opens the file of a running service to look keys up, and writes nothing.
 * @throws StoreUnusable when there is no such file, or no service of this version has started on it yet
 */
export async function openSqliteKeys(path: string) {
  const db = openForReading(path)
  try {
    const time = databaseTimeOf(systemClock, null)
    const run = runner(db, time)
    return {
      keys: keysOf(run, findOneKey(db, time)),
      ...recordsOf(run),
      installs: installs(run),
      databaseTime: noClock,
      close: async () => {
        db.close()
      },
    }
  } catch (cause) {
    db.close()
    throw startError('The database has not the schema of this version', {
      code: 'database_not_migrated',
      hint: 'Start the service of the same version on this database first.',
      cause,
    })
  }
}

/** A file goes by the clock of who works on it. */
const noClock = () => Promise.resolve(null)

type Records = ReturnType<typeof recordsOf>

/** A file that an older release has written lacks columns, which hold nothing yet. */
function ofAnyRelease(db: Database, { sealingKeys, sealedValues }: Records): Records {
  const has = db.prepare<[string, string], object>('SELECT 1 FROM pragma_table_info(?) WHERE name = ?')
  const any: Records['sealedValues']['any'] = async (column, but) =>
    has.get(column.table, column.column) !== undefined && sealedValues.any(column, but)
  return { sealingKeys, sealedValues: { ...sealedValues, any } }
}

const isInUse = (db: Database) =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sealing_keys'").get() !== undefined
