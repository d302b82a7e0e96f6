import { StoreUnusable } from './errors.ts'
import { TABLES, type Table, type TableRow, type TableRows } from './table-rows.ts'

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
 * Copies a database that nobody writes to into one that holds nothing else. Rows go in the order of their keys, so that
 * the last one that is there says where to go on.
 * @throws StoreUnusable when the target holds rows of its own
 */
export async function copier(from: TableRows, to: TableRows): Promise<Copier> {
  let toDo = 0
  const begun = new Map<Table, TableRow | null>()
  for (const table of TABLES) {
    const last = await to.last(table)
    begun.set(table, last)
    const left = (await from.count(table)) - (await to.count(table))
    if (left < 0 || (last && !(await from.has(table, last)))) throw other()
    toDo += left
  }
  return {
    toDo,
    async *copy() {
      for (const table of TABLES) yield* copyTable(table, begun.get(table) ?? null, { from, to })
    },
    compare: () => compare(from, to),
  }
}

async function* copyTable(
  table: Table,
  last: TableRow | null,
  { from, to }: { from: TableRows; to: TableRows },
) {
  for (let after = last; ;) {
    const rows = await from.page(table, after, PAGE)
    if (rows.length === 0) return
    await to.add(table, rows)
    yield rows.length
    after = rows.at(-1) ?? null
  }
}

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
    hint: 'Name a database that only wauth migrate has been run on, or one that an earlier copy of this source has begun.',
  })

const differs = () =>
  new StoreUnusable('The two databases do not hold the same rows', {
    code: 'copy_differs',
    hint: 'Stop every service that writes to either of them, empty the target, and copy again.',
  })
