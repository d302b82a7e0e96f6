import type { UploadStatus, UploadStore } from '../port.ts'
import type { Database } from './database.ts'
import { statement } from './statement.ts'

/** A run that ended after the comparison began has seen more of the address than the comparison has. */
const NOTE_STEP = statement(`
  UPDATE upload_steps SET status = @status, reason = @reason
  WHERE generation_id = @generationId AND kind = 'webhooks' AND ended_at <= @at
    AND generation_id IN (SELECT generation_id FROM uploads WHERE due_at IS NULL)`)

const NOTE_UPLOAD = statement(
  'UPDATE uploads SET status = @status, reason = @reason WHERE generation_id = @generationId',
)

const POSTPONE = statement('UPDATE uploads SET checked_at = @at WHERE generation_id = @generationId')

const BY_STATUS = statement<{ status: UploadStatus; n: number }>(
  'SELECT status, count(*) AS n FROM uploads GROUP BY status',
)

const UNREGISTERED = statement<{ why: string; n: number }>(`
  SELECT coalesce(reason, 'unknown') AS why, count(*) AS n FROM upload_steps
  WHERE kind = 'webhooks' AND status = 'failed' GROUP BY reason`)

/** What is known of addresses after their uploads, and of all uploads together. */
export function uploadChecks(db: Database): Pick<UploadStore, 'noteCheck' | 'postponeCheck' | 'counts'> {
  return {
    noteCheck: (generationId, { step, upload, at }) =>
      db.exclusive(async (session) => {
        const changed = await session.run(NOTE_STEP, { generationId, at: at.getTime(), ...step })
        if (changed === 0) return false
        await session.run(NOTE_UPLOAD, { generationId, ...upload })
        return true
      }),
    async postponeCheck(generationId, checkedAt) {
      await db.run(POSTPONE, { generationId, at: checkedAt.getTime() })
    },
    async counts() {
      const [byStatus, unregistered] = [await db.all(BY_STATUS), await db.all(UNREGISTERED)]
      return {
        byStatus: Object.fromEntries(byStatus.map(({ status, n }) => [status, n])),
        unregistered: Object.fromEntries(unregistered.map(({ why, n }) => [why, n])),
      }
    },
  }
}
