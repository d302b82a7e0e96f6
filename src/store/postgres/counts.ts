import { UNREGISTERED } from '../counts.ts'
import type { Connection, Store, StoreCounts, UploadStatus } from '../port.ts'
import type { Database } from './database.ts'
import { statement } from './statement.ts'

const CONNECTIONS = statement<{ status: Connection['status']; n: number }>(
  "SELECT status, count(*) AS n FROM connections WHERE status <> 'new' GROUP BY status",
)

/** It reads one index and no table. */
export const connectionCounts =
  (db: Database): (() => Promise<StoreCounts['connections']>) =>
  async () =>
    Object.fromEntries((await db.all(CONNECTIONS)).map(({ status, n }) => [status, n]))

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
