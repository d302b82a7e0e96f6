import Database from 'better-sqlite3'

/** What `lookups` has to hold: a row for each generation that has not ended, with what its connection is called. */
const told = (binary: string) => `
  SELECT ${binary} AS crm_key_hash, generations.id AS generation_id, connection_id, generation, generations.status, resolves_until,
    api_key_sealed, wazzup_account, crm_account_id, crm_account_name
  FROM generations JOIN connections ON connections.id = connection_id WHERE generations.status <> 'ended'`

const COLUMNS = `crm_key_hash, generation_id, connection_id, generation, status, resolves_until, api_key_sealed, wazzup_account,
  crm_account_id, crm_account_name`

/** The rows of `generations` and `connections` as look-ups tell them. */
export const LOOKED_UP = {
  sqlite: told('unhex(crm_key_hash)'),
  postgres: told("decode(crm_key_hash, 'hex')"),
}

/** Rows that are missing in the table of look-ups, and rows that it has too many: none where it is as it has to be. */
const wrong = (engine: keyof typeof LOOKED_UP) => `
  SELECT 'missing' AS wrong, * FROM (${LOOKED_UP[engine]} EXCEPT SELECT ${COLUMNS} FROM lookups) AS missing
  UNION ALL SELECT 'too many', * FROM (SELECT ${COLUMNS} FROM lookups EXCEPT ${LOOKED_UP[engine]}) AS odd`

/** Of a file that was migrated; one that was not has nothing to tell. */
export function wrongLookupsIn(path: string): unknown[] {
  const db = new Database(path, { readonly: true })
  try {
    const hasTable = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'lookups'").get() !== undefined
    return hasTable ? db.prepare(wrong('sqlite')).all() : []
  } finally {
    db.close()
  }
}

/** Of a database that is asked by `query`. */
export const wrongLookupsOf = ({ query }: { query: (sql: string) => Promise<unknown[]> }) =>
  query(wrong('postgres'))
