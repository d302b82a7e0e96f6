import type { AuditAction, AuditEntry } from './port.ts'

/** One row of `audit`. */
export interface AuditRow {
  at: number
  action: AuditAction
  user_id: string
  user_name: string
  crm_account_id: string
  wazzup_account_id: string | null
  generation: number
  address: string
}

export const toAuditEntry = (row: AuditRow): AuditEntry => ({
  at: new Date(row.at),
  action: row.action,
  userId: row.user_id,
  userName: row.user_name,
  crmAccountId: row.crm_account_id,
  wazzupAccountId: row.wazzup_account_id,
  generation: row.generation,
  address: row.address,
})
