import type { Database } from 'better-sqlite3'
import { IN_GRACE, toResolvedKey, type ResolvedKeyRow } from '../key.ts'
import type { KeyStore } from '../port.ts'
import { batchReads, readEach } from './batch-reads.ts'
import type { DatabaseTime } from './database-time.ts'
import { rememberKeys, type FoundKey } from './remember-keys.ts'

/**
 * One search of one table, which has only keys that have not ended: see the migration that makes it. The join is CROSS, which
 * SQLite takes in the order in which it stands. Many keys are one statement: with one of its own for each, and a transaction
 * around them, a look-up takes half as long again.
 */
const SELECT_RESOLVED = `
  SELECT asked.key, generation_id, connection_id, crm_account_id, generation, api_key_sealed, crm_account_name,
    wazzup_account, status, resolves_until IS NOT NULL
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
  ends: 0 | 1,
]

/** For the service: many ask at the same time, and again and again. */
export const findKey = (db: Database, time: DatabaseTime): KeyStore['find'] =>
  batchReads(db, rememberKeys(db, searching(db, time)))

/** For a handler's process, where a look-up is a small part of the work, and need not wait for the others. */
export function findOneKey(db: Database, time: DatabaseTime): KeyStore['find'] {
  const search = searching(db, time)
  return readEach(db, (crmKeyHashes: readonly string[]) =>
    search(crmKeyHashes).map((found) => found && found.key),
  )
}

function searching(db: Database, { now }: DatabaseTime) {
  const resolve = db.prepare<[string, number], Columns>(SELECT_RESOLVED).raw()
  return (crmKeyHashes: readonly string[]) => {
    const found = crmKeyHashes.map((): FoundKey | null => null)
    for (const row of resolve.all(JSON.stringify(crmKeyHashes), now())) found[row[0]] = foundIn(row)
    return found
  }
}

function foundIn(row: Columns): FoundKey {
  const [, generation_id, connection_id, crm_account_id, generation, ...rest] = row
  const [api_key_sealed, crm_account_name, wazzup_account_id, status, ends] = rest
  const key = toResolvedKey({
    ...{ generation_id, connection_id, crm_account_id, generation },
    ...{ api_key_sealed, crm_account_name, wazzup_account_id, status },
  })
  return { key, lasts: ends === 0 }
}
