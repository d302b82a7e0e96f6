import { toCurrentKey, type CurrentKeyRow } from '../key-rows.ts'
import type { CurrentKey } from '../port.ts'
import { one, read, sql, type Steps } from './operation.ts'

const SELECT = sql<CurrentKeyRow>(`
  SELECT generations.id AS generation_id, connection_id, crm_account_id, generation, api_key_sealed
  FROM connections JOIN generations ON connection_id = connections.id AND generations.status = 'current'
  WHERE crm_account_id = @crmAccountId`)

/** The current keys of one CRM account. */
export function* currentKey(crmAccountId: string): Steps<CurrentKey | null> {
  const row = yield* one(SELECT, { crmAccountId })
  return row ? toCurrentKey(row) : null
}

export const findCurrentKey = read(currentKey)
