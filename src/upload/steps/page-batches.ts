import { BATCH } from '../batch.ts'
import { idOf } from '../rules/rule.ts'
import type { Step } from '../turn.ts'

/** Rows of a page; `at`: where on it the first of them stands. */
export interface PageBatch {
  at: number
  rows: unknown[]
}

/**
 * What is still to be sent of a page; `first`: rows of the first batch. An empty page makes one empty batch: there is a
 * place to move on from.
 */
export function batchesOf(items: readonly unknown[], step: Step, first = BATCH): PageBatch[] {
  const from = resumeAt(items, step)
  const batches: PageBatch[] = []
  for (let at = from, size = first; at < items.length; at += size, size = BATCH)
    batches.push({ at, rows: items.slice(at, at + size) })
  return batches.length > 0 ? batches : [{ at: from, rows: [] }]
}

/** The place behind some rows of a page that is not through yet. */
export const behind = ({ at, rows }: PageBatch, { lastRow }: Step): Pick<Step, 'rowOnPage' | 'lastRow'> => ({
  rowOnPage: at + rows.length,
  lastRow: lastId(rows) ?? lastRow,
})

/**
 * Rows may have come or gone on a page that is read again: the last one that was sent says more than its number. Where
 * it cannot be found again the page starts again, as rows may be sent twice but never be left out.
 */
function resumeAt(items: readonly unknown[], { rowOnPage, lastRow }: Step): number {
  if (lastRow === null || lastId(items.slice(0, rowOnPage)) === lastRow) return rowOnPage
  const ids = items.map(rowId)
  const before = ids.lastIndexOf(lastRow, rowOnPage - 1)
  return (before >= 0 ? before : ids.indexOf(lastRow)) + 1
}

/** The last row that can be known again; null where none has an id. */
const lastId = (rows: readonly unknown[]): string | null => rowId(rows.findLast((row) => rowId(row) !== null))

const rowId = (row: unknown): string | null =>
  typeof row === 'object' && row !== null && 'id' in row ? idOf(row.id) : null

/** The ids that rows have, of those that have one. */
export const idsOf = (rows: readonly unknown[]): string[] => rows.map(rowId).filter((id) => id !== null)
