import type { Database } from 'better-sqlite3'
import { toJobCount, type JobCountRow } from '../count-rows.ts'
import type { Connection, Store } from '../port.ts'
import { guarded } from './guarded.ts'
import { USABLE } from './upload-claims.ts'

/** Each of these reads one index and no table, but for the uploads that are due, which are few. */
export function counts(db: Database): Store['counts'] {
  const connections = db.prepare<[], [Connection['status'], number]>(
    "SELECT status, count(*) FROM connections WHERE status <> 'new' GROUP BY status",
  )
  const exchanges = db.prepare<[], JobCountRow>(
    "SELECT count(*) AS waiting, min(due_at) AS first FROM exchanges WHERE status = 'pending'",
  )
  const uploads = db.prepare<[], JobCountRow>(
    `SELECT count(*) AS waiting, min(due_at) AS first FROM uploads WHERE due_at IS NOT NULL AND ${USABLE}`,
  )
  return (now) =>
    guarded(db, () => ({
      connections: Object.fromEntries(connections.raw().all()),
      jobs: { exchange: toJobCount(exchanges.get(), now), upload: toJobCount(uploads.get(), now) },
    }))
}
