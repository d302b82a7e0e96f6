import type { SourceKind, SourcePage } from '../../crm/port.ts'
import { BATCH } from '../../wazzup/upsert.ts'
import { createLoopGuard } from '../loop-guard.ts'
import { idOf } from '../rules/rule.ts'
import { TURN_OVER } from '../stop.ts'
import { endStep, failed, finished, GONE, stopped, type Step, type StepWork } from '../turn.ts'
import { readSource } from './read-source.ts'
import { sendSome } from './send-some.ts'

/** Sends the rows of a kind page by page and batch by batch; nothing of a page is kept when the next one comes. */
export const sendRows =
  (kind: SourceKind): StepWork =>
  async (turn, begun, deps) => {
    const comesBack = createLoopGuard(begun.cursor)
    let step = begun
    for (;;) {
      const outcome = await readSource(kind, { turn, step, deps })
      if (outcome.kind !== 'page') return outcome
      const { page } = outcome
      if (comesBack(page)) return endStep(turn, failed(step, 'export_loops', deps), [])
      step = { ...step, total: page.total ?? step.total }
      const batches = batchesOf(page, step)
      for (const [index, { at, rows }] of batches.entries()) {
        const sent = await sendSome(rows, { kind, turn, step, deps })
        if (sent.kind !== 'sent') return sent
        step = moved(sent.step, page, { at, rows, isLast: index === batches.length - 1 })
        if (step.cursor === null && step.rowOnPage === 0)
          return endStep(turn, finished(step, deps), sent.rejects)
        if (!(await turn.commit(step, sent.rejects))) return GONE
        if (turn.isOver()) return stopped(TURN_OVER)
      }
    }
  }

/** Rows of a page; `at`: where on it the first of them stands. */
interface Batch {
  at: number
  rows: unknown[]
}

/** Where the next batch begins: behind this one, or on the next page. */
function moved(step: Step, page: SourcePage, { at, rows, isLast }: Batch & { isLast: boolean }): Step {
  if (isLast) return { ...step, cursor: page.next, rowOnPage: 0, lastRow: null }
  return { ...step, rowOnPage: at + rows.length, lastRow: lastId(rows.map(rowId)) ?? step.lastRow }
}

/** An empty page makes one empty batch: there is a place to move on from. */
function batchesOf({ items }: SourcePage, step: Step): Batch[] {
  const from = resumeAt(items, step)
  const batches: Batch[] = []
  for (let at = from; at < items.length; at += BATCH) batches.push({ at, rows: items.slice(at, at + BATCH) })
  return batches.length > 0 ? batches : [{ at: from, rows: [] }]
}

/**
 * Rows may have come or gone on a page that is read again: the last one that was sent says more than its number. Where
 * it cannot be found again the page begins anew, as rows may be sent twice but never be left out.
 */
function resumeAt(items: readonly unknown[], { rowOnPage, lastRow }: Step): number {
  const ids = items.map(rowId)
  if (lastRow === null || lastId(ids.slice(0, rowOnPage)) === lastRow) return rowOnPage
  const before = ids.lastIndexOf(lastRow, rowOnPage - 1)
  return (before >= 0 ? before : ids.indexOf(lastRow)) + 1
}

/** The last row that can be known again; null where none has an id. */
const lastId = (ids: readonly (string | null)[]): string | null => ids.findLast((id) => id !== null) ?? null

const rowId = (row: unknown): string | null =>
  typeof row === 'object' && row !== null && 'id' in row ? idOf(row.id) : null
