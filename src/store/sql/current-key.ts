import { toCurrentKey, toCurrentKeys, type CurrentKeyRow, type CurrentKeysRow } from '../key.ts'
import type { CurrentKey, CurrentKeys } from '../port.ts'
import { one, read, sql, type Steps } from './operation.ts'

const select = (condition: string, more = '') => `
    SELECT generations.id AS generation_id, connection_id, crm_account_id, generation, api_key_sealed${more}
    FROM connections JOIN generations ON connection_id = connections.id AND generations.status = 'current'
    WHERE ${condition}`

/** Who has connected a Wazzup account last has its webhooks: an older connection must not put its own crmKey there. */
const ITS_CRM_KEY = `, CASE WHEN NOT EXISTS (
      SELECT 1 FROM generations AS holder JOIN exchanges AS later ON later.generation_id = holder.id
      JOIN exchanges AS mine ON mine.generation_id = generations.id
      WHERE holder.status = 'current' AND holder.wazzup_account = generations.wazzup_account
        AND later.created_at > mine.created_at)
    THEN crm_key_sealed END AS crm_key_sealed`

const OF_ACCOUNT = sql<CurrentKeyRow>(select('crm_account_id = @crmAccountId'))
const OF_GENERATION = sql<CurrentKeyRow>(select('generations.id = @generationId'))
const BOTH_OF_GENERATION = sql<CurrentKeysRow>(select('generations.id = @generationId', ITS_CRM_KEY))

/** The current keys of one CRM account. */
export function* currentKey(crmAccountId: string): Steps<CurrentKey | null> {
  const row = yield* one(OF_ACCOUNT, { crmAccountId })
  return row ? toCurrentKey(row) : null
}

/** The apiKey of a generation; none when it is not the current one. */
export function* keyOfGeneration(generationId: string): Steps<CurrentKey | null> {
  const row = yield* one(OF_GENERATION, { generationId })
  return row ? toCurrentKey(row) : null
}

/** The same with the crmKey. */
export function* keysOfGeneration(generationId: string): Steps<CurrentKeys | null> {
  const row = yield* one(BOTH_OF_GENERATION, { generationId })
  return row ? toCurrentKeys(row) : null
}

export const findCurrentKey = read(currentKey)
