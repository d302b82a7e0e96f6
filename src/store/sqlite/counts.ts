import type { Database } from 'better-sqlite3'
import {
  DUE_UPLOADS,
  PENDING_EXCHANGES,
  SWITCH_OFFS,
  toJobCount,
  UNREGISTERED,
  type JobCountRow,
} from '../counts.ts'
import type { Store, UploadStatus } from '../port.ts'
import { countByStatus } from './count-by-status.ts'
import { guarded } from './guarded.ts'

/** Each of these reads one index and no table, but for the uploads that are due, which are few. */
export function counts(db: Database): Store['counts'] {
  const connections = countByStatus(db, {
    ...{ table: 'connections', key: 'crm_account_id', first: '' },
    statuses: ['connected', 'invalid', 'disconnected'] as const,
  })
  const exchanges = db.prepare<[], JobCountRow>(PENDING_EXCHANGES)
  const uploads = db.prepare<[], JobCountRow>(DUE_UPLOADS)
  const switchOffs = db.prepare<[], JobCountRow>(SWITCH_OFFS)
  return async (now) => ({
    connections: await connections(),
    jobs: await guarded(db, () => ({
      exchange: toJobCount(exchanges.get(), now),
      upload: toJobCount(uploads.get(), now),
      switch_off: toJobCount(switchOffs.get(), now),
    })),
  })
}

const STATUSES: readonly UploadStatus[] = ['waiting', 'running', 'done', 'done_with_rejects', 'failed']

export function uploadCounts(db: Database): Store['uploads']['counts'] {
  const byStatus = countByStatus(db, { table: 'uploads', key: 'rowid', first: 0, statuses: STATUSES })
  const unregistered = db.prepare<[], [string, number]>(UNREGISTERED)
  return async () => ({
    byStatus: await byStatus(),
    unregistered: await guarded(db, () => Object.fromEntries(unregistered.raw().all())),
  })
}
