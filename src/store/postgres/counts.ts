import { toJobCount, type JobCountRow } from '../count-rows.ts'
import type { Connection, Store } from '../port.ts'
import { USABLE } from '../upload-rows.ts'
import type { Database } from './database.ts'
import { statement } from './statement.ts'

const CONNECTIONS = statement<{ status: Connection['status']; n: number }>(
  "SELECT status, count(*) AS n FROM connections WHERE status <> 'new' GROUP BY status",
)

const EXCHANGES = statement<JobCountRow>(
  "SELECT count(*) AS waiting, min(due_at) AS first FROM exchanges WHERE status = 'pending'",
)

const UPLOADS = statement<JobCountRow>(
  `SELECT count(*) AS waiting, min(due_at) AS first FROM uploads WHERE due_at IS NOT NULL AND ${USABLE}`,
)

/** Each of these reads one index and no table, but for the uploads that are due, which are few. */
export function counts(db: Database): Store['counts'] {
  return async (now) => {
    const [connections, exchange, upload] = [
      await db.all(CONNECTIONS),
      await db.one(EXCHANGES),
      await db.one(UPLOADS),
    ]
    return {
      connections: Object.fromEntries(connections.map(({ status, n }) => [status, n])),
      jobs: { exchange: toJobCount(exchange, now), upload: toJobCount(upload, now) },
    }
  }
}
