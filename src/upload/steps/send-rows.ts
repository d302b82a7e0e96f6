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
      for (const [index, rows] of batches.entries()) {
        const sent = await sendSome(rows, { kind, turn, step, deps })
        if (sent.kind !== 'sent') return sent
        step = moved(sent.step, page, { rows, isLast: index === batches.length - 1 })
        if (step.cursor === null && step.rowOnPage === 0)
          return endStep(turn, finished(step, deps), sent.rejects)
        if (!(await turn.commit(step, sent.rejects))) return GONE
        if (turn.isOver()) return stopped(TURN_OVER)
      }
    }
  }

/** Where the next batch begins: behind this one, or on the next page. */
function moved(step: Step, page: SourcePage, { rows, isLast }: { rows: unknown[]; isLast: boolean }): Step {
  if (isLast) return { ...step, cursor: page.next, rowOnPage: 0, lastRow: null }
  return { ...step, rowOnPage: step.rowOnPage + rows.length, lastRow: rowId(rows.at(-1)) }
}

/** An empty page makes one empty batch: there is a place to move on from. */
function batchesOf({ items }: SourcePage, step: Step): unknown[][] {
  const from = resumeAt(items, step)
  const batches: unknown[][] = []
  for (let at = from; at < items.length; at += BATCH) batches.push(items.slice(at, at + BATCH))
  return batches.length > 0 ? batches : [[]]
}

/** Rows may have come or gone on a page that is read again: the last one sent says more than its number. */
function resumeAt(items: readonly unknown[], { rowOnPage, lastRow }: Step): number {
  if (rowOnPage === 0 || rowId(items[rowOnPage - 1]) === lastRow) return rowOnPage
  return items.findLastIndex((row) => rowId(row) === lastRow) + 1
}

const rowId = (row: unknown): string | null =>
  typeof row === 'object' && row !== null && 'id' in row ? idOf(row.id) : null
