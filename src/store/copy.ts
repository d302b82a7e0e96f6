import { StoreUnusable } from './errors.ts'
import { RowsDoNotFit, TABLES, type Table, type TableRow, type TableRows } from './table-rows.ts'

/** Rows of one commit: few enough for the engines' deadlines, whatever is in them. */
const PAGE = 500

/** Something that copies, table by table, the rows that are not there yet. */
export interface Copier {
  /** Rows that are to be copied. */
  toDo: number
  /** Copies them, page by page; each page yields how many rows it had. An interrupted copy resumes. */
  copy(): AsyncIterable<number>
  /** Compares all rows. Resolves to how many each table holds. @throws StoreUnusable when the two differ */
  compare(): Promise<Record<string, number>>
}

/**
 * Copies a database that nobody writes to into one that holds nothing else. Rows go in the order of their keys, in both the
 * same. What came in since an earlier run may stand anywhere in it, so each page is compared with what is there.
 * @throws StoreUnusable when the target holds rows of its own
 */
export async function copier(from: TableRows, to: TableRows): Promise<Copier> {
  let toDo = 0
  for (const table of TABLES) {
    const last = await to.last(table)
    const left = (await from.count(table)) - (await to.count(table))
    if (left < 0 || (last && !(await from.has(table, last)))) throw other()
    toDo += left
  }
  return {
    toDo,
    async *copy() {
      for (const table of TABLES) yield* copyTable(table, { from, to })
    },
    compare: () => compare(from, to),
  }
}

export interface OpenCopier extends Copier {
  close(): Promise<void>
}

type Open = () => Promise<TableRows>

/** The same, over two databases that it opens, and closes in the end. */
export async function copierBetween(openSource: Open, openTarget: Open): Promise<OpenCopier> {
  const [source, target] = [await openSource(), await openTarget()]
  const close = async () => {
    await source.close()
    await target.close()
  }
  try {
    return { ...(await copier(source, target)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function* copyTable(table: Table, { from, to }: { from: TableRows; to: TableRows }) {
  for (let after: TableRow | null = null; ;) {
    const rows: TableRow[] = await from.page(table, after, PAGE)
    if (rows.length === 0) return
    const there = new Set((await to.page(table, after, PAGE)).map((row) => keyOf(table, row)))
    const missing = rows.filter((row) => !there.has(keyOf(table, row)))
    if (missing.length > 0) {
      await addTo(to, table, missing)
      yield missing.length
    }
    after = rows.at(-1) ?? null
  }
}

/** A row that another one refers to, or is in the way of, has come, gone or changed since it was copied. */
async function addTo(to: TableRows, table: Table, rows: readonly TableRow[]) {
  try {
    await to.add(table, rows)
  } catch (error) {
    throw error instanceof RowsDoNotFit ? differs(error.cause) : error
  }
}

/** As an engine keeps it: PostgreSQL has no U+0000. */
const keyOf = ({ key }: Table, row: TableRow) =>
  JSON.stringify(key.map((column) => row[column])).replaceAll('\\u0000', '\uFFFD')

async function compare(from: TableRows, to: TableRows) {
  const counts: Record<string, number> = {}
  for (const table of TABLES) {
    counts[table.name] = await compareRows(table, from, to)
  }
  return counts
}

/** Row by row, and says how many there are: between two runs somebody may have started a service on the source, which changes rows that are copied. */
async function compareRows(table: Table, from: TableRows, to: TableRows): Promise<number> {
  let rows = 0
  for (let after: TableRow | null = null; ;) {
    const [these, those]: TableRow[][] = await Promise.all([
      from.page(table, after, PAGE),
      to.page(table, after, PAGE),
    ])
    if (textOf(these) !== textOf(those)) throw differs()
    after = these?.at(-1) ?? null
    if (!after) return rows
    rows += these?.length ?? 0
  }
}

/** With the columns in one order, and U+0000 as PostgreSQL keeps it. */
const textOf = (rows: readonly TableRow[] = []) =>
  JSON.stringify(
    rows.map((row) => Object.entries(row).sort(([one], [two]) => (one < two ? -1 : 1))),
  ).replaceAll('\\u0000', '\uFFFD')

const other = () =>
  new StoreUnusable('The target holds rows that are not in the source', {
    code: 'copy_target_in_use',
    hint: 'Name a database that only wauth migrate has been run on, or one that an earlier copy of this source has begun; if the source was used since then, empty the target first.',
  })

const differs = (cause?: unknown) =>
  new StoreUnusable('The two databases do not hold the same rows', {
    code: 'copy_differs',
    hint: 'Stop every service that writes to either of them, empty the target, and copy again.',
    cause,
  })
