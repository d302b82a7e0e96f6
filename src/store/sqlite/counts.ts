import type { Database } from 'better-sqlite3'
import { UNREGISTERED } from '../counts.ts'
import type { Store, StoreCounts, UploadStatus } from '../port.ts'
import { countByStatus } from './count-by-status.ts'
import { guarded } from './guarded.ts'

/** It reads one index and no table. */
export const connectionCounts = (db: Database): (() => Promise<StoreCounts['connections']>) =>
  countByStatus(db, {
    ...{ table: 'connections', key: 'crm_account_id', first: '' },
    statuses: ['connected', 'invalid', 'disconnected'] as const,
  })

const STATUSES: readonly UploadStatus[] = ['waiting', 'running', 'done', 'done_with_rejects', 'failed']

export function uploadCounts(db: Database): Store['uploads']['counts'] {
  const byStatus = countByStatus(db, { table: 'uploads', key: 'rowid', first: 0, statuses: STATUSES })
  const unregistered = db.prepare<[], [string, number]>(UNREGISTERED)
  return async () => ({
    byStatus: await byStatus(),
    unregistered: await guarded(db, () => Object.fromEntries(unregistered.raw().all())),
  })
}
