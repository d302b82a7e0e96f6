import {
  DUE_UPLOADS,
  PENDING_EXCHANGES,
  SWITCH_OFFS,
  toJobCount,
  UNREGISTERED,
  type JobCountRow,
} from '../counts.ts'
import type { Connection, Store, UploadStatus } from '../port.ts'
import type { Database } from './database.ts'
import { statement } from './statement.ts'

const CONNECTIONS = statement<{ status: Connection['status']; n: number }>(
  "SELECT status, count(*) AS n FROM connections WHERE status <> 'new' GROUP BY status",
)

const EXCHANGES = statement<JobCountRow>(PENDING_EXCHANGES)

const UPLOADS = statement<JobCountRow>(DUE_UPLOADS)

const QUEUED_SWITCH_OFFS = statement<JobCountRow>(SWITCH_OFFS)

/** Each of these reads one index and no table, but for the uploads that are due, which are few. */
export function counts(db: Database): Store['counts'] {
  return async (now) => {
    const [connections, exchange, upload, switchOff] = [
      await db.all(CONNECTIONS),
      await db.one(EXCHANGES),
      await db.one(UPLOADS),
      await db.one(QUEUED_SWITCH_OFFS),
    ]
    return {
      connections: Object.fromEntries(connections.map(({ status, n }) => [status, n])),
      jobs: {
        exchange: toJobCount(exchange, now),
        upload: toJobCount(upload, now),
        switch_off: toJobCount(switchOff, now),
      },
    }
  }
}

const BY_STATUS = statement<{ status: UploadStatus; n: number }>(
  'SELECT status, count(*) AS n FROM uploads GROUP BY status',
)

const LOST = statement<{ why: string; n: number }>(UNREGISTERED)

export const uploadCounts =
  (db: Database): Store['uploads']['counts'] =>
  async () => {
    const [byStatus, unregistered] = [await db.all(BY_STATUS), await db.all(LOST)]
    return {
      byStatus: Object.fromEntries(byStatus.map(({ status, n }) => [status, n])),
      unregistered: Object.fromEntries(unregistered.map(({ why, n }) => [why, n])),
    }
  }
