import { batchPerTick } from '../batch-per-tick.ts'
import { IN_GRACE, toResolvedKey, type ResolvedKeyRow } from '../key.ts'
import type { KeyStore } from '../port.ts'
import type { Session } from './database.ts'
import { statement } from './statement.ts'

interface Resolving extends ResolvedKeyRow {
  /** Of the key among those that were asked for, from 1. */
  place: number
}

/**
 * One search of one table, which has only keys that have not ended: see the migration that makes it. The list stands in a query
 * of its own, so that its length is not seen: a server that sees a short list plans the statement at every call, which takes longer
 * than the search. The limit, which is never met, has it search by the key also where it would read a small table from front to end.
 */
const SELECT_RESOLVING = statement<Resolving>(`
  SELECT place, generation_id, connection_id, crm_account_id, generation, api_key_sealed, crm_account_name,
    wazzup_account AS wazzup_account_id, status
  FROM unnest((SELECT CAST(@crmKeyHashes AS bytea[]))) WITH ORDINALITY AS asked (hash, place)
  CROSS JOIN LATERAL (
    SELECT generation_id, connection_id, crm_account_id, generation, api_key_sealed, crm_account_name, wazzup_account, status
    FROM lookups WHERE crm_key_hash = asked.hash AND ${IN_GRACE} LIMIT 1) AS found`)

/** Key look-ups that arrive in the same tick are one query. */
export function findKey(db: Session): KeyStore['find'] {
  return batchPerTick(async (asked: readonly string[]) => {
    const crmKeyHashes = asked.map((crmKeyHash) => Buffer.from(crmKeyHash, 'hex'))
    const rows = await db.all(SELECT_RESOLVING, { crmKeyHashes })
    const byPlace = new Map(rows.map((row) => [row.place, toResolvedKey(row)]))
    return asked.map((_, i) => byPlace.get(i + 1) ?? null)
  })
}
