import type { Database } from 'better-sqlite3'
import { IN_GRACE, toResolvedKey, type ResolvedKey, type ResolvedKeyRow } from '../key.ts'
import type { KeyStore } from '../port.ts'
import type { batchReads, readEach } from './batch-reads.ts'
import type { DatabaseTime } from './database-time.ts'

/**
 * One search of one table, which has only keys that have not ended: see the migration that makes it. The join is CROSS, which
 * SQLite takes in the order in which it stands. Many keys are one statement: with one of its own for each, and a transaction
 * around them, a look-up takes half as long again.
 */
const SELECT_RESOLVED = `
  SELECT asked.key, generation_id, connection_id, crm_account_id, generation, api_key_sealed, crm_account_name,
    wazzup_account, status
  FROM json_each(?) AS asked
  CROSS JOIN lookups ON crm_key_hash = unhex(asked.value) AND ${IN_GRACE.replace('{now}', '?')}`

/** As it is selected. An object for each row takes longer. */
type Columns = readonly [
  place: number,
  generation_id: string,
  connection_id: string,
  crm_account_id: string,
  generation: number,
  api_key_sealed: string | null,
  crm_account_name: string,
  wazzup_account_id: string | null,
  status: ResolvedKeyRow['status'],
]

/** @param ask how a look-up by crmKey comes to its turn */
export function findKey(
  db: Database,
  ask: typeof readEach | typeof batchReads,
  { now }: DatabaseTime,
): KeyStore['find'] {
  const resolve = db.prepare<[string, number], Columns>(SELECT_RESOLVED).raw()
  return ask(db, (crmKeyHashes: readonly string[]) => {
    const found = crmKeyHashes.map((): ResolvedKey | null => null)
    const rows = resolve.all(JSON.stringify(crmKeyHashes), now())
    for (const row of rows) found[row[0]] = toResolvedKey(rowOf(row))
    return found
  })
}

const rowOf = ([
  ,
  generation_id,
  connection_id,
  crm_account_id,
  generation,
  ...rest
]: Columns): ResolvedKeyRow => {
  const [api_key_sealed, crm_account_name, wazzup_account_id, status] = rest
  return {
    ...{ generation_id, connection_id, crm_account_id, generation },
    ...{ api_key_sealed, crm_account_name, wazzup_account_id, status },
  }
}
