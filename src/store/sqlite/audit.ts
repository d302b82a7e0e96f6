import type { Database } from 'better-sqlite3'
import type { AuditAction, AuditStore } from '../port.ts'
import { guarded } from './guarded.ts'

interface Row {
  at: number
  action: AuditAction
  user_id: string
  user_name: string
  crm_account_id: string
  wazzup_account_id: string | null
  generation: number
  address: string
}

/** What a flow writes by itself; what belongs to a change is written in the change's own transaction. */
export function audit(db: Database): AuditStore {
  const insert = db.prepare(`
    INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
    VALUES (@at, @action, @userId, @userName, @crmAccountId, @wazzupAccountId, @generation, @address)`)
  const select = db.prepare<[string, number], Row>(
    'SELECT * FROM audit WHERE crm_account_id = ? ORDER BY id DESC LIMIT ?',
  )
  return {
    append: (entry) =>
      guarded(db, () => {
        insert.run({ ...entry, at: entry.at.getTime() })
      }),
    of: (crmAccountId, limit) =>
      guarded(db, () =>
        select.all(crmAccountId, limit).map((row) => ({
          at: new Date(row.at),
          action: row.action,
          userId: row.user_id,
          userName: row.user_name,
          crmAccountId: row.crm_account_id,
          wazzupAccountId: row.wazzup_account_id,
          generation: row.generation,
          address: row.address,
        })),
      ),
  }
}
