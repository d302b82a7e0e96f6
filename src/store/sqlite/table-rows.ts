import Sqlite, { type Database } from 'better-sqlite3'
import { RowsDoNotFit, tableSql, type Table, type TableRow, type TableRows } from '../table-rows.ts'
import { guarded } from './guarded.ts'
import { immediate } from './immediate.ts'

export function tableRows(db: Database): TableRows {
  const add = immediate(db, (table: Table, rows: readonly TableRow[]) => {
    const [first] = rows
    if (!first) return
    // Rows of a table have the same columns.
    const insert = db.prepare(insertInto(table, first))
    for (const row of rows) insert.run(row)
  })
  return {
    count: (table) => guarded(db, () => db.prepare<[], { n: number }>(tableSql.count(table)).get()?.n ?? 0),
    last: (table) => guarded(db, () => db.prepare<[], TableRow>(tableSql.last(table)).get() ?? null),
    has: (table, row) => guarded(db, () => db.prepare(tableSql.has(table)).get(row) !== undefined),
    page: (table, after, limit) =>
      guarded(db, () => {
        const select = db.prepare<object, TableRow>(after ? tableSql.after(table) : tableSql.first(table))
        return select.all({ ...after, limit })
      }),
    add: (table, rows) =>
      guarded(db, () => {
        add(table, rows)
      }).catch(asMisfit),
    close: async () => {
      db.close()
    },
  }
}

/** A key is there already, or what is referred to is not. */
function asMisfit(cause: unknown): never {
  const misfit = cause instanceof Sqlite.SqliteError && cause.code.startsWith('SQLITE_CONSTRAINT')
  throw misfit ? new RowsDoNotFit('', { cause }) : cause
}

function insertInto({ name }: Table, row: TableRow): string {
  const columns = Object.keys(row)
  return `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map((column) => `@${column}`).join(', ')})`
}
