import type { Database } from 'better-sqlite3'
import type { SealedColumn, SealedValueStore } from '../port.ts'
import { guarded } from './guarded.ts'

/** Which values count: those that begin with none of the given prefixes. */
const NOT_BUT = (column: string) => `${column} IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM json_each(@but) AS prefix WHERE substr(${column}, 1, length(prefix.value)) = prefix.value)`

/** Table and column come from the list in `sealed-columns.ts`, never from outside. */
export function sealedValues(db: Database): SealedValueStore {
  const count = ({ table, column }: SealedColumn) =>
    db.prepare<object, { n: number }>(`SELECT count(*) AS n FROM ${table} WHERE ${NOT_BUT(column)}`)
  // Without an order SQLite reads the table from front to end, which takes a tenth of the time.
  const any = ({ table, column }: SealedColumn) =>
    db.prepare(`SELECT 1 FROM ${table} WHERE ${NOT_BUT(column)} LIMIT 1`)
  const page = ({ table, rowColumn, column }: SealedColumn) =>
    db.prepare<object, { row: string; sealed: string }>(`
      SELECT ${rowColumn} AS "row", ${column} AS sealed FROM ${table}
      WHERE ${rowColumn} > @after AND ${NOT_BUT(column)} ORDER BY ${rowColumn} LIMIT @limit`)
  const replace = ({ table, rowColumn, column }: SealedColumn) =>
    db.prepare(`UPDATE ${table} SET ${column} = @to WHERE ${rowColumn} = @row AND ${column} = @from`)
  return {
    count: (column, but) => guarded(db, () => count(column).get({ but: JSON.stringify(but) })?.n ?? 0),
    any: (column, but) => guarded(db, () => any(column).get({ but: JSON.stringify(but) }) !== undefined),
    page: (column, { but, after, limit }) =>
      guarded(db, () => page(column).all({ but: JSON.stringify(but), after: after ?? '', limit })),
    replace: (column, value) => guarded(db, () => replace(column).run(value).changes === 1),
  }
}
