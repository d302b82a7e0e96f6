import type { Database } from 'better-sqlite3'
import { RESOLVES, toResolvedKey, type ResolvedKeyRow } from '../key.ts'
import type { KeyStore } from '../port.ts'
import type { batchReads, readEach } from './batch-reads.ts'
import type { DatabaseTime } from './database-time.ts'

/**
 * One index decides, and nothing is read behind it unless the key resolves: see the migration that makes it. All that
 * is told stands in the two indexes; SQLite would take the one of the primary key and then the row. The limit
 * keeps the inner query to itself: as a plain join SQLite prepares the statement again at every call, which takes twice
 * as long as the search (seen in a profile: `sqlite3Reprepare`). There is one row at most either way.
 */
const SELECT_RESOLVED = `
  SELECT generation_id, connection_id, crm_account_id, generation, api_key_sealed, crm_account_name,
    found.wazzup_account_id AS wazzup_account_id, found.status AS status
  FROM (
    SELECT id AS generation_id, connection_id, generation, api_key_sealed, wazzup_account AS wazzup_account_id, status
    FROM generations INDEXED BY generations_told
    WHERE crm_key_hash = ? AND ${RESOLVES.replace('{now}', '?')}
    LIMIT 1
  ) AS found JOIN connections INDEXED BY connections_told ON connections.id = connection_id`

/** The migration of a later release has taken an index away: what is found stays the same, it only takes longer. */
const isWithoutIndex = (error: unknown) => error instanceof Error && /^no such index: /.test(error.message)

function prepared(db: Database) {
  const prepare = (text: string) => db.prepare<[string, number], ResolvedKeyRow>(text)
  try {
    return prepare(SELECT_RESOLVED)
  } catch (error) {
    if (!isWithoutIndex(error)) throw error
    return prepare(SELECT_RESOLVED.replaceAll(/INDEXED BY \w+/g, ''))
  }
}

/** @param ask how a look-up by crmKey comes to its turn */
export function findKey(
  db: Database,
  ask: typeof readEach | typeof batchReads,
  { now }: DatabaseTime,
): KeyStore['find'] {
  let resolve = prepared(db)
  const find = ask(db, (crmKeyHash: string) => {
    try {
      return resolve.get(crmKeyHash, now())
    } catch (error) {
      if (!isWithoutIndex(error)) throw error
      resolve = prepared(db)
      return resolve.get(crmKeyHash, now())
    }
  })
  return async (crmKeyHash) => {
    const row = await find(crmKeyHash)
    return row ? toResolvedKey(row) : null
  }
}
