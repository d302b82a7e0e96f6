import type { Database } from 'better-sqlite3'
import { toCurrentKey, type CurrentKeyRow } from '../key-rows.ts'
import { moment } from '../moment.ts'
import type { ClaimedUpload, CurrentKey, UploadStore } from '../port.ts'
import { shown, USABLE, type ClaimRow } from '../upload-rows.ts'
import { guarded } from './guarded.ts'
import { SELECT_CURRENT } from './keys.ts'
import { stepsOf } from './upload-rows.ts'

/** Which upload is taken next. Claiming is one statement, so that of several replicas one has it. */
export function uploadClaims(db: Database): Pick<UploadStore, 'claimDue' | 'claimCheck'> {
  const due = `due_at <= @now AND ${USABLE}`
  // Readers never wait for a writer, so looking costs nothing while somebody else holds the database.
  const anyDue = db.prepare(`SELECT 1 FROM uploads WHERE ${due} LIMIT 1`)
  const claim = db.prepare<object, ClaimRow>(`
    UPDATE uploads SET status = 'running', runner = @runner, due_at = @leaseUntil
    WHERE generation_id = (SELECT generation_id FROM uploads WHERE ${due} ORDER BY due_at LIMIT 1)
    RETURNING generation_id, tries, failing_since`)
  const claimUnchecked = CHECKED.map((checked) => unchecked(db, checked))
  const keyOf = currentKeyOf(db)
  const steps = stepsOf(db)

  return {
    claimDue: (runner, now, leaseUntil) =>
      guarded(db, (): ClaimedUpload | null => {
        const values = { runner, now: now.getTime(), leaseUntil: leaseUntil.getTime() }
        const row = anyDue.get(values) ? claim.get(values) : undefined
        const key = row && keyOf(row.generation_id)
        if (!key) return null
        const trouble = { tries: row.tries, since: moment(row.failing_since) }
        return { key, runner, trouble, steps: steps(row.generation_id) }
      }),
    claimCheck: (uncheckedSince, now) =>
      guarded(db, () => {
        const values = { uncheckedSince: uncheckedSince.getTime(), now: now.getTime() }
        let row: { generation_id: string } | undefined
        for (const claimOne of claimUnchecked) row ??= claimOne(values)
        const key = row && keyOf(row.generation_id)
        return key ? { key, steps: steps(key.generationId).map(shown) } : null
      }),
  }
}

/** Ranges of the index of what is compared next, those first that never were. */
const CHECKED = ['checked_at IS NULL', 'checked_at <= @uncheckedSince']

/** Whoever has just registered an address has read it back. Most of the time there is none: looking takes no lock. */
function unchecked(db: Database, checked: string) {
  const where = `due_at IS NULL AND ${checked} AND ${USABLE}
    AND EXISTS (SELECT 1 FROM upload_steps WHERE upload_steps.generation_id = uploads.generation_id
      AND kind = 'webhooks' AND ended_at <= @uncheckedSince)`
  const any = db.prepare(`SELECT 1 FROM uploads WHERE ${where} LIMIT 1`)
  const claim = db.prepare<object, { generation_id: string }>(`
    UPDATE uploads SET checked_at = @now
    WHERE generation_id = (SELECT generation_id FROM uploads WHERE ${where} ORDER BY checked_at LIMIT 1)
    RETURNING generation_id`)
  return (values: object) => (any.get(values) ? claim.get(values) : undefined)
}

function currentKeyOf(db: Database) {
  const account = db.prepare<[string], { crm_account_id: string }>(`
    SELECT crm_account_id FROM connections JOIN generations ON connection_id = connections.id WHERE generations.id = ?`)
  const select = db.prepare<[string], CurrentKeyRow>(SELECT_CURRENT)
  return (generationId: string): CurrentKey | null => {
    const owner = account.get(generationId)
    const row = owner && select.get(owner.crm_account_id)
    return row?.generation_id === generationId ? toCurrentKey(row) : null
  }
}
