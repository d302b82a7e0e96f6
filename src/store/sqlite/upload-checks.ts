import type { Database } from 'better-sqlite3'
import type { AddressCheck, UploadStatus, UploadStore } from '../port.ts'
import { countByStatus } from './count-by-status.ts'
import { guarded } from './guarded.ts'
import { immediate } from './immediate.ts'

const STATUSES: readonly UploadStatus[] = ['waiting', 'running', 'done', 'done_with_rejects', 'failed']

/** What is known of addresses after their uploads, and of all uploads together. */
export function uploadChecks(db: Database): Pick<UploadStore, 'noteCheck' | 'postponeCheck' | 'counts'> {
  const note = noteCheck(db)
  const postpone = db.prepare('UPDATE uploads SET checked_at = @at WHERE generation_id = @generationId')
  const byStatus = countByStatus(db, { table: 'uploads', key: 'rowid', first: 0, statuses: STATUSES })
  const unregistered = db.prepare<[], [string, number]>(`
    SELECT coalesce(reason, 'unknown'), count(*) FROM upload_steps
    WHERE kind = 'webhooks' AND status = 'failed' GROUP BY reason`)
  return {
    noteCheck: (generationId, check) => guarded(db, () => note(generationId, check)),
    postponeCheck: (generationId, checkedAt) =>
      guarded(db, () => {
        postpone.run({ generationId, at: checkedAt.getTime() })
      }),
    counts: async () => ({
      byStatus: await byStatus(),
      unregistered: await guarded(db, () => Object.fromEntries(unregistered.raw().all())),
    }),
  }
}

function noteCheck(db: Database) {
  // A run that ended after the comparison began has seen more of the address than the comparison has.
  const step = db.prepare(`
    UPDATE upload_steps SET status = @status, reason = @reason
    WHERE generation_id = @generationId AND kind = 'webhooks' AND ended_at <= @at
      AND generation_id IN (SELECT generation_id FROM uploads WHERE due_at IS NULL)`)
  const upload = db.prepare(
    'UPDATE uploads SET status = @status, reason = @reason WHERE generation_id = @generationId',
  )
  return immediate(db, (generationId: string, check: AddressCheck) => {
    const at = check.at.getTime()
    if (step.run({ generationId, at, ...check.step }).changes === 0) return false
    upload.run({ generationId, ...check.upload })
    return true
  })
}
