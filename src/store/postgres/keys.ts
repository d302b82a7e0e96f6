import { toCurrentKey, toResolvedKey, type CurrentKeyRow, type ResolvedKeyRow } from '../key-rows.ts'
import type { KeyStore } from '../port.ts'
import type { Session } from './database.ts'
import { statement } from './statement.ts'

const FIELDS = 'generations.id AS generation_id, connection_id, crm_account_id, generation, api_key_sealed'

/** The current keys of one CRM account. */
const SELECT_CURRENT = statement<CurrentKeyRow>(`
  SELECT ${FIELDS} FROM connections JOIN generations ON connection_id = connections.id AND generations.status = 'current'
  WHERE crm_account_id = @crmAccountId`)

/** The same by their generation; none when it is not the current one. */
const SELECT_OF_GENERATION = statement<CurrentKeyRow>(`
  SELECT ${FIELDS} FROM connections JOIN generations ON connection_id = connections.id AND generations.status = 'current'
  WHERE generations.id = @generationId`)

/** The index over keys that resolve decides, see the migration that makes it. */
const SELECT_RESOLVED = statement<ResolvedKeyRow>(`
  SELECT ${FIELDS}, crm_account_name, wazzup_account_id, generations.status
  FROM generations JOIN connections ON connections.id = connection_id
  WHERE crm_key_hash = @crmKeyHash AND generations.status <> 'ended'
    AND (resolves_until IS NULL OR resolves_until > @now)`)

export function keys(db: Session): KeyStore {
  return {
    async find(crmKeyHash, now) {
      const row = await db.one(SELECT_RESOLVED, { crmKeyHash, now: now.getTime() })
      return row ? toResolvedKey(row) : null
    },
    current: (crmAccountId) => currentKey(db, crmAccountId),
  }
}

export async function currentKey(db: Session, crmAccountId: string) {
  const row = await db.one(SELECT_CURRENT, { crmAccountId })
  return row ? toCurrentKey(row) : null
}

export async function keyOfGeneration(db: Session, generationId: string) {
  const row = await db.one(SELECT_OF_GENERATION, { generationId })
  return row ? toCurrentKey(row) : null
}
