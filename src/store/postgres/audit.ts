import { toAuditEntry, type AuditRow } from '../audit-rows.ts'
import type { AuditStore } from '../port.ts'
import type { Database } from './database.ts'
import { statement } from './statement.ts'

const INSERT = statement(`
  INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
  VALUES (@at, @action, @userId, @userName, @crmAccountId, @wazzupAccountId, @generation, @address)`)

const SELECT = statement<AuditRow>(
  'SELECT * FROM audit WHERE crm_account_id = @crmAccountId ORDER BY id DESC LIMIT @limit',
)

/** What a flow writes by itself; what belongs to a change is written in the change's own transaction. */
export function audit(db: Database): AuditStore {
  return {
    async append(entry) {
      await db.run(INSERT, { ...entry, at: entry.at.getTime() })
    },
    of: async (crmAccountId, limit) => (await db.all(SELECT, { crmAccountId, limit })).map(toAuditEntry),
  }
}
