import type { SealedColumn, SealedValueStore } from '../port.ts'
import type { Database } from './database.ts'
import { statement } from './statement.ts'

/** Which values count: those that begin with none of the given prefixes. */
const NOT_BUT = (column: string) => `${column} IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM unnest(@but::text[]) AS prefix WHERE starts_with(${column}, prefix))`

const count = ({ table, column }: SealedColumn) =>
  statement<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE ${NOT_BUT(column)}`)

const any = ({ table, column }: SealedColumn) =>
  statement<object>(`SELECT 1 FROM ${table} WHERE ${NOT_BUT(column)} LIMIT 1`)

const page = ({ table, rowColumn, column }: SealedColumn) =>
  statement<{ row: string; sealed: string }>(`
    SELECT ${rowColumn} AS "row", ${column} AS sealed FROM ${table}
    WHERE ${rowColumn} > @after AND ${NOT_BUT(column)} ORDER BY ${rowColumn} LIMIT @limit`)

const replace = ({ table, rowColumn, column }: SealedColumn) =>
  statement(`UPDATE ${table} SET ${column} = @to WHERE ${rowColumn} = @row AND ${column} = @from`)

/**
 * Table and column come from the list in `sealed-columns.ts`, never from outside. No index helps: with a million rows a
 * look through them takes seconds.
 */
export function sealedValues(db: Database): SealedValueStore {
  return {
    count: async (column, but) => (await db.walk(count(column), { but }))[0]?.n ?? 0,
    any: async (column, but) => (await db.walk(any(column), { but })).length > 0,
    page: (column, { but, after, limit }) => db.walk(page(column), { but, after: after ?? '', limit }),
    replace: async (column, value) => (await db.run(replace(column), value)) === 1,
  }
}
