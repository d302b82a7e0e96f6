import { RowsDoNotFit, tableSql, type Table, type TableRow, type TableRows } from '../table-rows.ts'
import type { Database } from './database.ts'
import { codeOf } from './guarded.ts'
import { statement, storable } from './statement.ts'

export function tableRows(db: Database): TableRows {
  return {
    count: async (table) => (await db.walk(statement<{ n: number }>(tableSql.count(table))))[0]?.n ?? 0,
    last: async (table) => (await db.one(statement<TableRow>(tableSql.last(table)))) ?? null,
    has: async (table, row) => (await db.one(statement<object>(tableSql.has(table)), row)) !== undefined,
    page: (table, after, limit) =>
      db.all(statement<TableRow>(after ? tableSql.after(table) : tableSql.first(table)), { ...after, limit }),
    add: (table, rows) =>
      db
        .transaction(async (session) => {
          await session.run(addTo(table), { rows: JSON.stringify(rows.map(storableRow)) })
          if (table.counted) await session.all(countOn(table))
        })
        .catch(asMisfit),
    close: () => db.close(),
  }
}

/** Class 23: a key is there already, or what is referred to is not. */
function asMisfit(cause: unknown): never {
  throw codeOf(cause).startsWith('23') ? new RowsDoNotFit('', { cause }) : cause
}

const storableRow = (row: TableRow) =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, storable(value)]))

/** Adds the rows of the parameter `rows`, a list in JSON. */
export const addTo = ({ name, counted }: Table) =>
  statement(`
    INSERT INTO ${name} ${counted ? 'OVERRIDING SYSTEM VALUE' : ''}
    SELECT * FROM json_populate_recordset(NULL::${name}, @rows::json)`)

/** The next row that the service adds gets the number after these. */
export const countOn = ({ name, key: [number] }: Table) =>
  statement<object>(
    `SELECT setval(pg_get_serial_sequence('${name}', '${number}'), (SELECT max(${number}) FROM ${name}))`,
  )
