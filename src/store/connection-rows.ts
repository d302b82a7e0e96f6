import { moment } from './moment.ts'
import type { Connection } from './port.ts'

/** One row of `connections` with what its current keys say. */
export interface ConnectionRow {
  id: string
  crm_account_id: string
  crm_account_name: string
  wazzup_account_id: string | null
  status: Connection['status']
  generation: number | null
  connected_at: number
  invalid_since: number | null
  disconnected_at: number | null
  warning: string | null
}

export const toConnection = (row: ConnectionRow): Connection => ({
  id: row.id,
  crmAccountId: row.crm_account_id,
  crmAccountName: row.crm_account_name,
  wazzupAccountId: row.wazzup_account_id,
  status: row.status,
  generation: row.generation,
  connectedAt: new Date(row.connected_at),
  invalidSince: moment(row.invalid_since),
  disconnectedAt: moment(row.disconnected_at),
  warning: row.warning,
})
