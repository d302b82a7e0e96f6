/** What the migration of a later release may do under replicas of this one: it adds, widens, or indexes otherwise. */
export interface SchemaChange {
  what: string
  sqlite: string
  postgres: string
}

const onBoth = (what: string, sql: string): SchemaChange => ({ what, sqlite: sql, postgres: sql })

/** Other types than those that a session of PostgreSQL has prepared, and what SQLite has to prepare once more. */
export const PREPARED_OTHERWISE: readonly SchemaChange[] = [
  {
    what: 'wider ids of accounts, or more in what look-ups tell',
    sqlite: 'ALTER TABLE lookups ADD COLUMN later TEXT',
    postgres: `ALTER TABLE connections ALTER crm_account_id TYPE varchar(4000) COLLATE "C";
      ALTER TABLE lookups ALTER crm_account_id TYPE varchar(4000) COLLATE "C"`,
  },
  {
    what: 'wider apiKeys, or an index less',
    sqlite: 'DROP INDEX connections_told',
    postgres: `ALTER TABLE generations ALTER api_key_sealed TYPE varchar(100000);
      ALTER TABLE lookups ALTER api_key_sealed TYPE varchar(100000)`,
  },
  {
    what: 'wider reasons, or an index of them',
    sqlite: 'CREATE INDEX exchanges_reason ON exchanges (reason)',
    postgres: 'ALTER TABLE exchanges ALTER reason TYPE varchar(4000)',
  },
]

export const SCHEMA_CHANGES: readonly SchemaChange[] = [
  ...PREPARED_OTHERWISE,
  onBoth('a column of attempts', "ALTER TABLE attempts ADD COLUMN later TEXT NOT NULL DEFAULT 'later'"),
  onBoth('a column of exchanges', 'ALTER TABLE exchanges ADD COLUMN later INTEGER NOT NULL DEFAULT 0'),
  onBoth('a column of generations', 'ALTER TABLE generations ADD COLUMN later TEXT'),
  onBoth('a column of connections', 'ALTER TABLE connections ADD COLUMN later INTEGER'),
  onBoth('an index of exchanges', 'CREATE INDEX exchanges_later ON exchanges (status, created_at)'),
  onBoth('an index of generations', 'CREATE INDEX generations_later ON generations (connection_id, status)'),
  onBoth(
    'a table',
    'CREATE TABLE later (id TEXT PRIMARY KEY, generation_id TEXT NOT NULL REFERENCES generations (id))',
  ),
]
