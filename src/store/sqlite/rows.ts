import type { Database } from 'better-sqlite3'
import type { RowSource } from '../row-source.ts'
import type { TableRow } from '../table-rows.ts'

/** The rows of a file that is open. One table at a time: the driver does nothing else meanwhile. */
export const rowsIn = (db: Database): RowSource => ({
  tables: () =>
    Promise.resolve(
      db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all(),
    ),
  async *rows({ name }) {
    yield* db.prepare<[], TableRow>(`SELECT * FROM ${name}`).iterate()
  },
})
