import type { Database } from 'better-sqlite3'
import { toJobCount, type JobCountRow } from '../count-rows.ts'
import type { Store } from '../port.ts'
import { USABLE } from '../upload-rows.ts'
import { countByStatus } from './count-by-status.ts'
import { guarded } from './guarded.ts'

/** Each of these reads one index and no table, but for the uploads that are due, which are few. */
export function counts(db: Database): Store['counts'] {
  const connections = countByStatus(db, {
    ...{ table: 'connections', key: 'crm_account_id', first: '' },
    statuses: ['connected', 'invalid', 'disconnected'] as const,
  })
  const exchanges = db.prepare<[], JobCountRow>(
    "SELECT count(*) AS waiting, min(due_at) AS first FROM exchanges WHERE status = 'pending'",
  )
  const uploads = db.prepare<[], JobCountRow>(
    `SELECT count(*) AS waiting, min(due_at) AS first FROM uploads WHERE due_at IS NOT NULL AND ${USABLE}`,
  )
  return async (now) => ({
    connections: await connections(),
    jobs: await guarded(db, () => ({
      exchange: toJobCount(exchanges.get(), now),
      upload: toJobCount(uploads.get(), now),
    })),
  })
}
