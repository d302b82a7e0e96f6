import type { Database } from 'better-sqlite3'
import { toConnection, type ConnectionRow } from '../connection-rows.ts'
import type { ConnectionStore } from '../port.ts'
import { disconnectByOperator } from './disconnect.ts'
import { guarded } from './guarded.ts'
import { health } from './health.ts'
import { probes } from './probes.ts'

/** A connection that was never made, because its first exchange failed, is not there for anybody. */
const SELECT = `
  SELECT connections.*, generations.generation, coalesce(address.reason, uploads.reason) AS warning
  FROM connections LEFT JOIN generations ON connection_id = connections.id AND generations.status = 'current'
  LEFT JOIN uploads ON uploads.generation_id = generations.id AND uploads.status = 'failed'
  LEFT JOIN upload_steps AS address ON address.generation_id = generations.id
    AND address.kind = 'webhooks' AND address.status = 'failed'`

export function connections(db: Database): ConnectionStore {
  const one = db.prepare<[string], ConnectionRow>(
    `${SELECT} WHERE crm_account_id = ? AND connections.status <> 'new'`,
  )
  const page = (condition: string) =>
    db.prepare<object, ConnectionRow>(
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
