import { batchPerTick } from '../batch-per-tick.ts'
import { RESOLVES, toResolvedKey, type ResolvedKeyRow } from '../key.ts'
import type { KeyStore } from '../port.ts'
import type { Session } from './database.ts'
import { statement } from './statement.ts'

interface Resolving extends ResolvedKeyRow {
  crm_key_hash: string
}

/**
 * The index over keys that resolve decides, see the migration that makes it. The list stands in a query of its own, so that its
 * length is not seen: a server that sees a short list plans the statement at every call, which takes longer than the search.
 */
const SELECT_RESOLVING = statement<Resolving>(`
  SELECT generations.id AS generation_id, connection_id, crm_account_id, generation, api_key_sealed, crm_account_name, wazzup_account AS wazzup_account_id, generations.status, crm_key_hash
  FROM unnest((SELECT CAST(@crmKeyHashes AS text[]))) AS asked (hash)
  JOIN generations ON crm_key_hash = asked.hash
  JOIN connections ON connections.id = connection_id
  WHERE ${RESOLVES}`)

/** Key look-ups that arrive in the same tick are one query. */
export function findKey(db: Session): KeyStore['find'] {
  return batchPerTick(async (crmKeyHashes: readonly string[]) => {
    const rows = await db.all(SELECT_RESOLVING, { crmKeyHashes })
    const byHash = new Map(rows.map((row) => [row.crm_key_hash, toResolvedKey(row)]))
    return crmKeyHashes.map((crmKeyHash) => byHash.get(crmKeyHash) ?? null)
  })
}
