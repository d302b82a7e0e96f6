import { toConnection, type ConnectionRow } from '../connection-rows.ts'
import type { ConnectionStore } from '../port.ts'
import type { Database } from './database.ts'
import { disconnectByOperator } from './disconnect.ts'
import { health } from './health.ts'
import { probes } from './probes.ts'
import { statement } from './statement.ts'

/** A connection that was never made, because its first exchange failed, is not there for anybody. */
const SELECT = `
  SELECT connections.*, generations.generation, coalesce(address.reason, uploads.reason) AS warning
  FROM connections LEFT JOIN generations ON connection_id = connections.id AND generations.status = 'current'
  LEFT JOIN uploads ON uploads.generation_id = generations.id AND uploads.status = 'failed'
  LEFT JOIN upload_steps AS address ON address.generation_id = generations.id
    AND address.kind = 'webhooks' AND address.status = 'failed'`

const ONE = statement<ConnectionRow>(
  `${SELECT} WHERE crm_account_id = @crmAccountId AND connections.status <> 'new'`,
)

const page = (condition: string) =>
  statement<ConnectionRow>(`
    ${SELECT} WHERE connections.status ${condition} AND crm_account_id > @after ORDER BY crm_account_id LIMIT @limit`)
const ALL = page("<> 'new'")
const OF_STATUS = page('= @status')

export function connections(db: Database): ConnectionStore {
  return {
    async find(crmAccountId) {
      const row = await db.one(ONE, { crmAccountId })
      return row ? toConnection(row) : null
    },
    async list({ status, after, limit }) {
      const values = { after: after ?? '', limit, status }
      return (await db.all(status === null ? ALL : OF_STATUS, values)).map(toConnection)
    },
    disconnect: disconnectByOperator(db),
    ...health(db),
    ...probes(db),
  }
}
