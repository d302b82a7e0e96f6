import { toCurrentKey, type CurrentKeyRow } from '../key.ts'
import type { CurrentKey } from '../port.ts'
import { one, read, sql, type Statement, type Steps } from './operation.ts'

const select = (condition: string) =>
  sql<CurrentKeyRow>(`
    SELECT generations.id AS generation_id, connection_id, crm_account_id, generation, api_key_sealed
    FROM connections JOIN generations ON connection_id = connections.id AND generations.status = 'current'
    WHERE ${condition}`)
const OF_ACCOUNT = select('crm_account_id = @crmAccountId')
const OF_GENERATION = select('generations.id = @generationId')

function* found(which: Statement<CurrentKeyRow>, values: object): Steps<CurrentKey | null> {
  const row = yield* one(which, values)
  return row ? toCurrentKey(row) : null
}

/** The current keys of one CRM account. */
export const currentKey = (crmAccountId: string): Steps<CurrentKey | null> =>
  found(OF_ACCOUNT, { crmAccountId })

/** The keys of a generation; none when it is not the current one. */
export const keyOfGeneration = (generationId: string): Steps<CurrentKey | null> =>
  found(OF_GENERATION, { generationId })

export const findCurrentKey = read(currentKey)
