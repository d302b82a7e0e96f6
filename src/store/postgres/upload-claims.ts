import { moment } from '../moment.ts'
import type { UploadStore } from '../port.ts'
import { shown, USABLE, type ClaimRow } from '../upload-rows.ts'
import type { Database } from './database.ts'
import { keyOfGeneration } from './keys.ts'
import { statement } from './statement.ts'
import { stepsOf } from './upload-rows.ts'

const CLAIM = statement<ClaimRow>(`
  UPDATE uploads SET status = 'running', runner = @runner, due_at = @leaseUntil
  WHERE generation_id = (
    SELECT generation_id FROM uploads WHERE due_at <= @now AND ${USABLE}
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING generation_id, tries, failing_since`)

/** Whoever has just registered an address has read it back. `checked`: a range of the index, so that it is found at once. */
const claimUnchecked = (checked: string) =>
  statement<{ generation_id: string }>(`
  UPDATE uploads SET checked_at = @now
  WHERE generation_id = (
    SELECT generation_id FROM uploads
    WHERE due_at IS NULL AND ${checked} AND ${USABLE}
      AND EXISTS (SELECT 1 FROM upload_steps WHERE upload_steps.generation_id = uploads.generation_id
        AND kind = 'webhooks' AND ended_at <= @uncheckedSince)
    ORDER BY checked_at LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING generation_id`)
const CLAIM_NEVER_CHECKED = claimUnchecked('checked_at IS NULL')
const CLAIM_CHECKED_BEFORE = claimUnchecked('checked_at <= @uncheckedSince')

/** Which upload is taken next. Claiming is one statement, so that of several replicas one has it. */
export function uploadClaims(db: Database): Pick<UploadStore, 'claimDue' | 'claimCheck'> {
  return {
    async claimDue(runner, now, leaseUntil) {
      const row = await db.one(CLAIM, { runner, now: now.getTime(), leaseUntil: leaseUntil.getTime() })
      const key = row && (await keyOfGeneration(db, row.generation_id))
      if (!key) return null
      const trouble = { tries: row.tries, since: moment(row.failing_since) }
      return { key, runner, trouble, steps: await stepsOf(db, row.generation_id) }
    },
    async claimCheck(uncheckedSince, now) {
      const values = { uncheckedSince: uncheckedSince.getTime(), now: now.getTime() }
      const row = (await db.one(CLAIM_NEVER_CHECKED, values)) ?? (await db.one(CLAIM_CHECKED_BEFORE, values))
      const key = row && (await keyOfGeneration(db, row.generation_id))
      return key ? { key, steps: (await stepsOf(db, key.generationId)).map(shown) } : null
    },
  }
}
