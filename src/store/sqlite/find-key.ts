import type { Database } from 'better-sqlite3'
import { RESOLVES, toResolvedKey, type ResolvedKeyRow } from '../key.ts'
import type { KeyStore } from '../port.ts'
import { batchReads, readEach } from './batch-reads.ts'
import type { DatabaseTime } from './database-time.ts'
import { rememberKeys, type FoundKey } from './remember-keys.ts'

/**
 * One index decides, and nothing is read behind it unless the key resolves: see the migration that makes it. All that
 * is told stands in the two indexes; SQLite would take the one of the primary key and then the row. The joins are CROSS,
 * which SQLite takes in the order in which they stand. Many keys are one statement: with one of its own for each, and a transaction
 * around them, a look-up takes half as long again.
 */
const SELECT_RESOLVED = `
  SELECT asked.key, generations.id, connection_id, crm_account_id, generation, api_key_sealed, crm_account_name,
    wazzup_account, generations.status, resolves_until IS NOT NULL
  FROM json_each(?) AS asked
  CROSS JOIN generations INDEXED BY generations_told ON crm_key_hash = asked.value AND ${RESOLVES.replace('{now}', '?')}
  CROSS JOIN connections INDEXED BY connections_told ON connections.id = connection_id`

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

/** The migration of a later release has taken an index away: what is found stays the same, it only takes longer. */
const isWithoutIndex = (error: unknown) => error instanceof Error && /^no such index: /.test(error.message)

function prepared(db: Database) {
  const prepare = (text: string) => db.prepare<[string, number], Columns>(text).raw()
  try {
    return prepare(SELECT_RESOLVED)
  } catch (error) {
    if (!isWithoutIndex(error)) throw error
    return prepare(SELECT_RESOLVED.replaceAll(/INDEXED BY \w+/g, ''))
  }
}

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
  let resolve = prepared(db)
  const rowsOf = (crmKeyHashes: readonly string[]) => {
    const asked = JSON.stringify(crmKeyHashes)
    try {
      return resolve.all(asked, now())
    } catch (error) {
      if (!isWithoutIndex(error)) throw error
      resolve = prepared(db)
      return resolve.all(asked, now())
    }
  }
  return (crmKeyHashes: readonly string[]) => {
    const found = crmKeyHashes.map((): FoundKey | null => null)
    for (const row of rowsOf(crmKeyHashes)) found[row[0]] = foundIn(row)
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
