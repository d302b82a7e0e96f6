import { setImmediate } from 'node:timers/promises'
import type { Database } from 'better-sqlite3'
import { guarded } from './guarded.ts'

/** Rows that are counted in about a millisecond. */
const SLICE = 5000

/** What is counted: `key` orders the rows of a status in an index that begins with it; `first` is below every key. */
export interface Counted<Status extends string> {
  table: string
  key: string
  first: string | number
  statuses: readonly Status[]
}

/**
 * Counts the rows of each status; those that no row has are left out. The driver is synchronous, and a million rows
 * take a tenth of a second: so they are counted in slices, and whatever waits is served in between.
 */
export function countByStatus<Status extends string>(db: Database, counted: Counted<Status>) {
  const { table, key, first, statuses } = counted
  const slice = db.prepare<object, { n: number; last: string | number }>(`
    SELECT count(*) AS n, max(key) AS last FROM (
      SELECT ${key} AS key FROM ${table} WHERE status = @status AND ${key} > @after ORDER BY ${key} LIMIT ${SLICE})`)

  async function count(status: Status): Promise<number> {
    let [sum, after] = [0, first]
    for (;;) {
      const found = await guarded(db, () => slice.get({ status, after }))
      sum += found?.n ?? 0
      if (!found || found.n < SLICE) return sum
      after = found.last
      await setImmediate()
    }
  }

  return async (): Promise<Partial<Record<Status, number>>> => {
    const counts: Partial<Record<Status, number>> = {}
    for (const status of statuses) {
      const n = await count(status)
      if (n > 0) counts[status] = n
    }
    return counts
  }
}
