import type { Table, TableRow } from './table-rows.ts'

/** The rows of a database as they lie there: one in use, or a copy in a file. */
export interface RowSource {
  /** Which of the product's tables there are. */
  tables(): Promise<readonly string[]>
  /** All rows of a table that is there. */
  rows(table: Table): AsyncIterable<TableRow>
}

/** A copy that is open. */
export interface OpenCopy extends RowSource {
  /** The newest migration that this version knows. */
  newest: number
  close(): Promise<void>
}

/** The list of migrations, by which the runner knows what a database has seen. */
export const SEEN_MIGRATIONS: Table = { name: 'migrations', key: ['version'] }

/** The rows of a table; none where it is not there. */
export async function* rowsOf(source: RowSource, table: Table): AsyncGenerator<TableRow> {
  if ((await source.tables()).includes(table.name)) yield* source.rows(table)
}

/** The environment in which an engine starts the programs that it needs: where they are found. */
export type Programs = Readonly<Record<string, string | undefined>>

export interface BackUpOptions {
  programs: Programs
  /** Hears of how far it has got, where the engine knows that. */
  tell: (done: number, total: number) => void
}
