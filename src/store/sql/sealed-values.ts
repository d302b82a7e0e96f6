import type { SealedColumn, SealedValueStore } from '../port.ts'
import { all, one, read, run, single, sql, walk, type Run, type Steps } from './operation.ts'

/** Which values count: those that begin with none of the given prefixes. */
const notBut = (column: string) => `${column} IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM {each but} AS prefix WHERE substr(${column}, 1, length(prefix.value)) = prefix.value)`

// Table and column come from the list in `sealed-columns.ts`, never from outside. No index helps: a look through a million
// rows takes seconds.
const count = walk(function* ({ table, column }: SealedColumn, but: readonly string[]): Steps<number> {
  const counted = sql<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE ${notBut(column)}`)
  return (yield* one(counted, { but }))?.n ?? 0
})

/** Without an order SQLite reads the table from front to end, which takes a tenth of the time. */
const any = walk(function* ({ table, column }: SealedColumn, but: readonly string[]): Steps<boolean> {
  const found = sql<object>(`SELECT 1 FROM ${table} WHERE ${notBut(column)} LIMIT 1`)
  return (yield* one(found, { but })) !== undefined
})

const find = read(function* ({ table, rowColumn, column }: SealedColumn, row: string): Steps<string | null> {
  const found = sql<{ sealed: string | null }>(
    `SELECT ${column} AS sealed FROM ${table} WHERE ${rowColumn} = @row`,
  )
  return (yield* one(found, { row }))?.sealed ?? null
})

type Page = Parameters<SealedValueStore['page']>[1]

const page = walk(function* ({ table, rowColumn, column }: SealedColumn, { after, ...values }: Page) {
  const rows = sql<{ row: string; sealed: string }>(`
    SELECT ${rowColumn} AS "row", ${column} AS sealed FROM ${table}
    WHERE ${rowColumn} > @after AND ${notBut(column)} ORDER BY ${rowColumn} LIMIT @limit`)
  return yield* all(rows, { after: after ?? '', ...values })
})

type Replacement = Parameters<SealedValueStore['replace']>[1]

const replace = single(function* (
  { table, rowColumn, column }: SealedColumn,
  value: Replacement,
): Steps<boolean> {
  const put = sql(`UPDATE ${table} SET ${column} = @to WHERE ${rowColumn} = @row AND ${column} = @from`)
  return (yield* run(put, value)) === 1
})

export const sealedValues = (run: Run): SealedValueStore => ({
  count: (column, but) => run(count, column, but),
  any: (column, but) => run(any, column, but),
  find: (column, row) => run(find, column, row),
  page: (column, wanted) => run(page, column, wanted),
  replace: (column, value) => run(replace, column, value),
})
