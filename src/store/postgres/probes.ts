import type { ConnectionStore } from '../port.ts'
import type { Database } from './database.ts'
import { currentKey } from './keys.ts'
import { statement } from './statement.ts'

const CLAIM = statement<{ crm_account_id: string }>(`
  UPDATE connections SET probed_at = @now
  WHERE id = (
    SELECT id FROM connections WHERE status IN ('connected', 'invalid') AND probed_at <= @untriedSince
    ORDER BY probed_at LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING crm_account_id`)

const NOTE = statement(`
  UPDATE connections SET probed_at = @at
  WHERE id = (SELECT connection_id FROM generations WHERE id = @generationId AND status = 'current')`)

/** Which apiKey is to be tried next. Claiming is one statement, so that of several replicas one tries it. */
export function probes(db: Database): Pick<ConnectionStore, 'claimProbe' | 'noteProbe'> {
  return {
    async claimProbe(untriedSince, now) {
      const row = await db.one(CLAIM, { untriedSince: untriedSince.getTime(), now: now.getTime() })
      return row ? currentKey(db, row.crm_account_id) : null
    },
    async noteProbe(generationId, at) {
      await db.run(NOTE, { generationId, at: at.getTime() })
    },
  }
}
