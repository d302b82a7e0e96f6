import type { Database } from 'better-sqlite3'
import { toAuditEntry, type AuditRow } from '../audit-rows.ts'
import type { AuditStore } from '../port.ts'
import { guarded } from './guarded.ts'

/** What a flow writes by itself; what belongs to a change is written in the change's own transaction. */
export function audit(db: Database): AuditStore {
  const insert = db.prepare(`
    INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
    VALUES (@at, @action, @userId, @userName, @crmAccountId, @wazzupAccountId, @generation, @address)`)
  const select = db.prepare<[string, number], AuditRow>(
    'SELECT * FROM audit WHERE crm_account_id = ? ORDER BY id DESC LIMIT ?',
  )
  return {
    append: (entry) =>
      guarded(db, () => {
        insert.run({ ...entry, at: entry.at.getTime() })
      }),
    of: (crmAccountId, limit) => guarded(db, () => select.all(crmAccountId, limit).map(toAuditEntry)),
  }
}
