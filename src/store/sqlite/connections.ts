import type { Database } from 'better-sqlite3'
import type { Connection, ConnectionStore } from '../port.ts'
import { guarded } from './guarded.ts'

interface Row {
  id: string
  crm_account_id: string
  crm_account_name: string
  wazzup_account_id: string | null
  status: Connection['status']
  connected_at: number
}

export function connections(db: Database): ConnectionStore {
  const select = db.prepare<[string], Row>(
    "SELECT * FROM connections WHERE crm_account_id = ? AND status <> 'new'",
  )
  return {
    find: (crmAccountId) =>
      guarded(db, () => {
        const row = select.get(crmAccountId)
        return row ? toConnection(row) : null
      }),
  }
}

const toConnection = (row: Row): Connection => ({
  id: row.id,
  crmAccountId: row.crm_account_id,
  crmAccountName: row.crm_account_name,
  wazzupAccountId: row.wazzup_account_id,
  status: row.status,
  connectedAt: new Date(row.connected_at),
})
