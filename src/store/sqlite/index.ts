import type { Store } from '../port.ts'
import { attempts } from './attempts.ts'
import { cleanUp } from './clean-up.ts'
import { connections } from './connections.ts'
import { guarded } from './guarded.ts'
import { exchanges } from './exchanges.ts'
import { keys } from './keys.ts'
import { migrate } from './migrate.ts'
import { openDatabase } from './open.ts'
import { sealingKeys } from './sealing-keys.ts'
import { claims, parked } from './short-lived.ts'

/**
 * Opens the store in a SQLite file and brings it to the schema of this version.
 * @throws StoreUnusable
 */
export async function openSqliteStore(path: string): Promise<Store> {
  const db = openDatabase(path)
  try {
    await migrate(db)
  } catch (error) {
    db.close()
    throw error
  }
  const answers = db.prepare('SELECT 1 FROM attempts LIMIT 1')
  return {
    attempts: attempts(db),
    exchanges: exchanges(db),
    connections: connections(db),
    keys: keys(db),
    claims: claims(db),
    parked: parked(db),
    sealingKeys: sealingKeys(db),
    cleanUp: cleanUp(db),
    ping: () => guarded(db, () => void answers.get()),
    close: async () => {
      db.close()
    },
  }
}
