import { batchPerTick } from '../batch-per-tick.ts'
import { RESOLVES, toResolvedKey, type ResolvedKeyRow } from '../key.ts'
import type { KeyStore } from '../port.ts'
import type { Session } from './database.ts'
import { statement } from './statement.ts'

interface Resolving extends ResolvedKeyRow {
  crm_key_hash: string
}

/** The index over keys that resolve decides, see the migration that makes it. */
const SELECT_RESOLVING = statement<Resolving>(`
  SELECT generations.id AS generation_id, connection_id, crm_account_id, generation, api_key_sealed, crm_account_name, wazzup_account AS wazzup_account_id, generations.status, crm_key_hash
  FROM generations JOIN connections ON connections.id = connection_id
  WHERE crm_key_hash = ANY (@crmKeyHashes) AND ${RESOLVES}`)

/** Key look-ups that arrive in the same tick are one query. */
export function findKey(db: Session): KeyStore['find'] {
  const find = batchPerTick(async (crmKeyHashes: readonly string[]) => {
    const rows = await db.all(SELECT_RESOLVING, { crmKeyHashes })
    const byHash = new Map(rows.map((row) => [row.crm_key_hash, row]))
    return crmKeyHashes.map((crmKeyHash) => byHash.get(crmKeyHash) ?? null)
  })
  return async (crmKeyHash) => {
    const row = await find(crmKeyHash)
    return row && toResolvedKey(row)
  }
}
