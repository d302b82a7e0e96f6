import type { Database } from 'better-sqlite3'
import type { KeyStore } from '../port.ts'
import { guarded } from './guarded.ts'

interface Row {
  generation_id: string
  connection_id: string
  crm_account_id: string
  crm_account_name: string
  wazzup_account_id: string | null
  generation: number
  status: 'pending' | 'current' | 'previous' | 'abandoned'
  api_key_sealed: string | null
}

const KEY_STATUS = {
  pending: 'pending',
  abandoned: 'pending',
  current: 'current',
  previous: 'previous',
} as const

export function keys(db: Database): KeyStore {
  const select = db.prepare<object, Row>(`
    SELECT generations.id AS generation_id, connection_id, crm_account_id, crm_account_name, wazzup_account_id,
           generation, generations.status, api_key_sealed
    FROM generations JOIN connections ON connections.id = connection_id
    WHERE crm_key_hash = @crmKeyHash AND (
      generations.status IN ('pending', 'current')
      OR generations.status IN ('previous', 'abandoned') AND resolves_until > @now)`)
  return {
    find: (crmKeyHash, now) =>
      guarded(db, () => {
        const row = select.get({ crmKeyHash, now: now.getTime() })
        return row
          ? {
              connectionId: row.connection_id,
              generationId: row.generation_id,
              crmAccountId: row.crm_account_id,
              crmAccountName: row.crm_account_name,
              wazzupAccountId: row.wazzup_account_id,
              generation: row.generation,
              keyStatus: KEY_STATUS[row.status],
              apiKey: row.api_key_sealed,
            }
          : null
      }),
  }
}
