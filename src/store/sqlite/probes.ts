import type { Database } from 'better-sqlite3'
import { toCurrentKey, type CurrentKeyRow } from '../key-rows.ts'
import type { ConnectionStore, CurrentKey } from '../port.ts'
import { guarded } from './guarded.ts'
import { SELECT_CURRENT } from './keys.ts'

/** Which apiKey is to be tried next. Claiming is one statement, so that of several replicas one tries it. */
export function probes(db: Database): Pick<ConnectionStore, 'claimProbe' | 'noteProbe'> {
  const due = "status IN ('connected', 'invalid') AND probed_at <= @untriedSince"
  // Readers never wait for a writer, so looking costs nothing while somebody else holds the database.
  const anyDue = db.prepare(`SELECT 1 FROM connections WHERE ${due} LIMIT 1`)
  const claim = db.prepare<object, { crm_account_id: string }>(`
    UPDATE connections SET probed_at = @now
    WHERE id = (SELECT id FROM connections WHERE ${due} ORDER BY probed_at LIMIT 1)
    RETURNING crm_account_id`)
  const select = db.prepare<[string], CurrentKeyRow>(SELECT_CURRENT)
  const note = db.prepare(`
    UPDATE connections SET probed_at = @at
    WHERE id = (SELECT connection_id FROM generations WHERE id = @generationId AND status = 'current')`)

  return {
    claimProbe: (untriedSince, now) =>
      guarded(db, (): CurrentKey | null => {
        const values = { untriedSince: untriedSince.getTime() }
        if (!anyDue.get(values)) return null
        const claimed = claim.get({ ...values, now: now.getTime() })
        const row = claimed && select.get(claimed.crm_account_id)
        return row ? toCurrentKey(row) : null
      }),
    noteProbe: (generationId, at) =>
      guarded(db, () => {
        note.run({ generationId, at: at.getTime() })
      }),
  }
}
