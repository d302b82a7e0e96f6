import type { SourceKind } from '../../crm/port.ts'
import { BATCH } from '../batch.ts'
import { goesRound, passed } from '../loop-guard.ts'
import { TURN_OVER } from '../stop.ts'
import { endStep, failed, finished, GONE, stopped, type Step, type StepEnd, type StepWork } from '../turn.ts'
import { compareCount } from './compare-count.ts'
import { batchesOf, behind, idsOf, type PageBatch } from './page-batches.ts'
import { readSource, type PageRead } from './read-source.ts'
import { rowsElsewhere } from './rows-elsewhere.ts'
import { sendBatch, type BatchTerms, type SentBatch } from './send-batch.ts'

/** Sends the rows of a kind page by page and batch by batch; nothing of a page is kept when the next one comes. */
export const sendRows =
  (kind: SourceKind): StepWork =>
  async (turn, begun, deps) => {
    let step = begun
    for (;;) {
      const read = await readSource(kind, { turn, step, deps })
      if (read.kind !== 'page') return read
      if (goesRound(step, read.page.next)) return endStep(turn, failed(step, 'export_loops'))
      const sent = await sendPage(read, { kind, turn, step, deps })
      if (sent.kind !== 'through') return sent
      step = sent.step
    }
  }

/** `through`: the page is, and the next one has its turn. */
type PageSent = { kind: 'through'; step: Step } | StepEnd

async function sendPage({ page, took, upTo }: PageRead, terms: BatchTerms): Promise<PageSent> {
  const { kind, turn, deps } = terms
  const cameAt = deps.monotonic()
  // Who leaves a page has to read it again: not before sending has taken as long as reading did.
  const isOver = () => turn.isOver() && deps.monotonic() - cameAt >= took
  let step: Step = { ...terms.step, total: page.total ?? terms.step.total }
  const half = deps.narrowings.find(turn.claim.key.generationId, { kind, read: step.read })
  const batches = batchesOf(page.items, step, half ? half.end - step.read : BATCH)
  for (const [index, batch] of batches.entries()) {
    const others = () => page.items.toSpliced(batch.at, batch.rows.length)
    const here = { ...terms, step, isOver }
    const refusedElsewhere = rowsElsewhere({ next: page.next, others }, here)
    const sent = await sendBatch(batch.rows, { ...here, refusedElsewhere })
    if (sent.kind !== 'sent') return sent
    const ids = upTo === null ? [] : idsOf(batch.rows.slice(0, sent.through))
    const brought = upTo === null || ids.length === 0 ? undefined : { kind, ids, upTo }
    const isThrough = sent.stop === null && index === batches.length - 1
    step = isThrough ? onNextPage(sent.step, page.next) : onThisPage(sent, batch)
    if (isThrough && page.next === null) {
      const compared = await compareCount({ kind, turn, step: finished(step), deps })
      if (!('status' in compared)) return compared
      const isWritten = await turn.commit(compared, sent.rejects, brought)
      return isWritten ? { kind: 'ended', step: compared } : GONE
    }
    if (sent.stop !== null && sent.through <= 0) return stopped(sent.stop)
    if (!(await turn.commit(step, sent.rejects, brought))) return GONE
    if (sent.stop !== null) return stopped(sent.stop)
    if (isThrough ? turn.isOver() : isOver()) return stopped(TURN_OVER)
  }
  return { kind: 'through', step }
}

const onNextPage = (step: Step, next: string | null): Step => ({
  ...step,
  ...passed(step, next),
  ...{ rowOnPage: 0, lastRow: null },
})

const onThisPage = ({ step, through }: SentBatch, { at, rows }: PageBatch): Step => ({
  ...step,
  ...behind({ at, rows: rows.slice(0, through) }, step),
})
