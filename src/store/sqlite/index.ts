import type { Database } from 'better-sqlite3'
import type { Store } from '../port.ts'
import { attempts } from './attempts.ts'
import { audit } from './audit.ts'
import { cleanUp } from './clean-up.ts'
import { connections } from './connections.ts'
import { counts } from './counts.ts'
import { exchanges } from './exchanges.ts'
import { guarded } from './guarded.ts'
import { immediate } from './immediate.ts'
import { keys } from './keys.ts'
import { migrate } from './migrate.ts'
import { openForReading, openForWriting } from './open.ts'
import { sealedValues } from './sealed-values.ts'
import { sealingKeys } from './sealing-keys.ts'
import { startError } from './start-error.ts'
import { claims, parked } from './short-lived.ts'
import { alone, together } from './together.ts'
import { uploads } from './uploads.ts'

/** What has to be sure before anything is written to a database that was in use before. */
interface OpenOptions {
  beforeWriting?: (records: Pick<Store, 'sealingKeys' | 'sealedValues'>) => Promise<void>
}

/**
 * Opens the store in a SQLite file and brings it to the schema of this version.
 * @throws StoreUnusable
 */
export async function openSqliteStore(path: string, options: OpenOptions = {}): Promise<Store> {
  const db = openForWriting(path)
  try {
    if (isInUse(db)) await options.beforeWriting?.(records(db))
    await migrate(db)
    // From here on `guarded` waits: the driver would keep the whole process waiting.
    db.pragma('busy_timeout = 0')
  } catch (error) {
    db.close()
    throw error
  }
  const select = db.prepare('SELECT 1 FROM attempts LIMIT 1')
  // With the lock of a writer: without it nobody is connected.
  const answers = immediate(db, () => select.get())
  const noteWrite = db.prepare(`
    INSERT INTO health_writes (id, written_at) VALUES (1, ?)
    ON CONFLICT (id) DO UPDATE SET written_at = excluded.written_at`)
  return {
    attempts: attempts(db),
    exchanges: exchanges(db),
    connections: connections(db),
    keys: keys(db, together),
    claims: claims(db),
    parked: parked(db),
    uploads: uploads(db),
    audit: audit(db),
    ...records(db),
    cleanUp: cleanUp(db),
    counts: counts(db),
    ping: () => guarded(db, () => void answers()),
    proveWritable: (now) => guarded(db, () => void noteWrite.run(now.getTime())),
    close: async () => {
      db.close()
    },
  }
}

/**
 * Opens the file of a running service to look keys up, and writes nothing.
 * @throws StoreUnusable when there is no such file, or no service of this version has started on it yet
 */
export async function openSqliteKeys(path: string) {
  const db = openForReading(path)
  try {
    return {
      // In a handler's process a look-up is a small part of the work, and need not wait for the others.
      keys: keys(db, alone),
      ...records(db),
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

const records = (db: Database) => ({ sealingKeys: sealingKeys(db), sealedValues: sealedValues(db) })

const isInUse = (db: Database) =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sealing_keys'").get() !== undefined
