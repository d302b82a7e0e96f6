import type { Database } from 'better-sqlite3'
import type { Connection, ConnectionStore } from '../port.ts'
import { disconnectByOperator } from './disconnect.ts'
import { guarded } from './guarded.ts'
import { health } from './health.ts'
import { moment } from './moment.ts'
import { probes } from './probes.ts'

interface Row {
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

/** A connection that was never made, because its first exchange failed, is not there for anybody. */
const SELECT = `
  SELECT connections.*, generations.generation, coalesce(address.reason, uploads.reason) AS warning
  FROM connections LEFT JOIN generations ON connection_id = connections.id AND generations.status = 'current'
  LEFT JOIN uploads ON uploads.generation_id = generations.id AND uploads.status = 'failed'
  LEFT JOIN upload_steps AS address ON address.generation_id = generations.id
    AND address.kind = 'webhooks' AND address.status = 'failed'`

export function connections(db: Database): ConnectionStore {
  const one = db.prepare<[string], Row>(`${SELECT} WHERE crm_account_id = ? AND connections.status <> 'new'`)
  const page = (condition: string) =>
    db.prepare<object, Row>(
      `${SELECT} WHERE connections.status ${condition} AND crm_account_id > @after ORDER BY crm_account_id LIMIT @limit`,
    )
  const all = page("<> 'new'")
  const ofStatus = page('= @status')
  const end = disconnectByOperator(db)

  return {
    find: (crmAccountId) =>
      guarded(db, () => {
        const row = one.get(crmAccountId)
        return row ? toConnection(row) : null
      }),
    list: ({ status, after, limit }) =>
      guarded(db, () => {
        const values = { after: after ?? '', limit }
        const rows = status === null ? all.all(values) : ofStatus.all({ ...values, status })
        return rows.map(toConnection)
      }),
    disconnect: (crmAccountId, by, now) => guarded(db, () => end(crmAccountId, by, now)),
    ...health(db),
    ...probes(db),
  }
}

const toConnection = (row: Row): Connection => ({
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
