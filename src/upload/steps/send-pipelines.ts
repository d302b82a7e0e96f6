import { goesRound, passed } from '../loop-guard.ts'
import { endStep, failed, finished, stopped, type Step, type StepEnd, type StepWork } from '../turn.ts'
import { keptOf } from './kept-pipelines.ts'
import { readSource, type Reading } from './read-source.ts'
import { sendBatch } from './send-batch.ts'

/** All pipelines are in memory at once: what one page may have, in characters, is enough for them. */
const MOST_TEXT = 10 * 1024 * 1024

/** Reading them keeps other customers waiting, so it has to come to an end. */
const MOST_PAGES = 20

/** Wazzup may take a request for the whole set (fact sheet, 9), so all pipelines go in one. There are few of them. */
export const sendPipelines: StepWork = async (turn, begun, deps) => {
  // What was read in an earlier turn is not kept, so each begins with the first page.
  const step: Step = { ...begun, cursor: null, pages: 0, landmark: null }
  const began = deps.monotonic()
  const all = await readAll({ turn, step, deps })
  if (all.kind !== 'all') return all
  const took = deps.monotonic() - began
  const sent = await sendBatch(all.rows, {
    kind: 'pipelines',
    turn,
    step: { ...step, total: all.total },
    deps,
    isOver: () => turn.isOver() && deps.monotonic() - began >= 2 * took,
  })
  if (sent.kind !== 'sent') return sent
  if (sent.stop !== null) return stopped(sent.stop)
  if (!sent.wasSplit) return endStep(turn, finished(sent.step), sent.rejects)
  const kept = await keptOf(sent, { turn, deps })
  return kept.kind === 'kept' ? endStep(turn, finished(kept.step), kept.rejects) : kept
}

async function readAll(
  reading: Reading,
): Promise<{ kind: 'all'; rows: unknown[]; total: number | null } | StepEnd> {
  const { turn, deps } = reading
  let { step } = reading
  const rows: unknown[] = []
  let text = 0
  do {
    const read = await readSource('pipelines', { turn, step, deps })
    if (read.kind !== 'page') return read
    const { items, next, total } = read.page
    rows.push(...items)
    text += JSON.stringify(items).length
    const seen = { ...step, read: rows.length }
    if (goesRound(seen, next)) return endStep(turn, failed(step, 'export_loops'))
    if (text > MOST_TEXT || (next !== null && step.pages + 1 === MOST_PAGES))
      return endStep(turn, failed(step, 'too_many_pipelines'))
    step = { ...step, ...passed(step, next), total: total ?? step.total }
  } while (step.cursor !== null)
  return { kind: 'all', rows, total: step.total }
}
