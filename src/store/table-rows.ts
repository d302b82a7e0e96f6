/** A row as it lies in its table, by column. Every engine has the same tables with the same columns. */
export type TableRow = Record<string, string | number | null>

export interface Table {
  name: string
  /** What its rows are ordered by, and known by. */
  key: readonly string[]
  /** Whether the engine counts the key up by itself. */
  counted?: true
}

/** All tables but the list of migrations and the row of health, each after those that it refers to. */
export const TABLES: readonly Table[] = [
  { name: 'sealing_keys', key: ['id'] },
  { name: 'attempts', key: ['id'] },
  { name: 'connections', key: ['id'] },
  { name: 'generations', key: ['id'] },
  { name: 'exchanges', key: ['state_hash'] },
  { name: 'uploads', key: ['generation_id'] },
  { name: 'switch_offs', key: ['generation_id'] },
  { name: 'deliveries', key: ['number'], counted: true },
  { name: 'change_queues', key: ['connection_id'] },
  { name: 'row_changes', key: ['id'] },
  { name: 'change_rejects', key: ['id'], counted: true },
  { name: 'upload_steps', key: ['generation_id', 'kind'] },
  { name: 'upload_rejects', key: ['id'], counted: true },
  { name: 'installs', key: ['id'] },
  { name: 'audit', key: ['id'], counted: true },
  { name: 'claims', key: ['key'] },
  { name: 'parked', key: ['attempt_id'] },
]

/** What the engine says of it is the cause. */
export class RowsDoNotFit extends Error {}

/** What of an engine is needed to move rows out of a database, or into one. */
export interface TableRows {
  count(table: Table): Promise<number>
  /** The last row there is, by the table's key. */
  last(table: Table): Promise<TableRow | null>
  /** Whether a row has the same key. */
  has(table: Table, row: TableRow): Promise<boolean>
  /** The rows after this one, by the table's key. */
  page(table: Table, after: TableRow | null, limit: number): Promise<TableRow[]>
  /** Adds rows, all or none. @throws RowsDoNotFit when others are in their way, or what they refer to is not there */
  add(table: Table, rows: readonly TableRow[]): Promise<void>
  close(): Promise<void>
}

/** The SQL that both engines understand, with `@column` for each value; nothing in it comes from outside. */
export const tableSql = {
  count: ({ name }: Table) => `SELECT count(*) AS n FROM ${name}`,
  last: ({ name, key }: Table) =>
    `SELECT * FROM ${name} ORDER BY ${key.map((column) => `${column} DESC`).join(', ')} LIMIT 1`,
  has: ({ name, key }: Table) =>
    `SELECT 1 FROM ${name} WHERE ${key.map((column) => `${column} = @${column}`).join(' AND ')}`,
  first: ({ name, key }: Table) => `SELECT * FROM ${name} ORDER BY ${key.join(', ')} LIMIT @limit`,
  after: ({ name, key }: Table) => `
    SELECT * FROM ${name} WHERE (${key.join(', ')}) > (${key.map((column) => `@${column}`).join(', ')})
    ORDER BY ${key.join(', ')} LIMIT @limit`,
}
