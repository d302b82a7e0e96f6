import type { Database } from 'better-sqlite3'
import type { CurrentKey, KeyStore, ResolvedKey } from '../port.ts'
import { guarded } from './guarded.ts'

export interface CurrentKeyRow {
  generation_id: string
  connection_id: string
  crm_account_id: string
  generation: number
  api_key_sealed: string | null
}

interface ResolvedKeyRow extends CurrentKeyRow {
  crm_account_name: string
  wazzup_account_id: string | null
  status: 'pending' | 'current' | 'previous' | 'abandoned'
}

const KEY_STATUS = {
  pending: 'pending',
  abandoned: 'pending',
  current: 'current',
  previous: 'previous',
} as const

const FIELDS = 'generations.id AS generation_id, connection_id, crm_account_id, generation, api_key_sealed'

/** The current keys of one CRM account. */
export const SELECT_CURRENT = `
  SELECT ${FIELDS} FROM connections JOIN generations ON connection_id = connections.id AND generations.status = 'current'
  WHERE crm_account_id = ?`

/** One index decides, and nothing is read behind it unless the key resolves: see the migration that makes it. */
const SELECT_RESOLVED = `
  SELECT ${FIELDS}, crm_account_name, wazzup_account_id, generations.status
  FROM generations INDEXED BY generations_resolving JOIN connections ON connections.id = connection_id
  WHERE crm_key_hash = @crmKeyHash AND generations.status <> 'ended'
    AND (resolves_until IS NULL OR resolves_until > @now)`

export function keys(db: Database): KeyStore {
  const resolve = db.prepare<object, ResolvedKeyRow>(SELECT_RESOLVED)
  const current = db.prepare<[string], CurrentKeyRow>(SELECT_CURRENT)
  return {
    find: (crmKeyHash, now) =>
      guarded(db, () => {
        const row = resolve.get({ crmKeyHash, now: now.getTime() })
        return row ? toResolvedKey(row) : null
      }),
    current: (crmAccountId) =>
      guarded(db, () => {
        const row = current.get(crmAccountId)
        return row ? toCurrentKey(row) : null
      }),
  }
}

export const toCurrentKey = (row: CurrentKeyRow): CurrentKey => ({
  connectionId: row.connection_id,
  generationId: row.generation_id,
  crmAccountId: row.crm_account_id,
  generation: row.generation,
  apiKey: () => row.api_key_sealed,
})

const toResolvedKey = (row: ResolvedKeyRow): ResolvedKey => ({
  ...toCurrentKey(row),
  crmAccountName: row.crm_account_name,
  wazzupAccountId: row.wazzup_account_id,
  keyStatus: KEY_STATUS[row.status],
})
