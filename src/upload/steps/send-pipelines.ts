import { createLoopGuard } from '../loop-guard.ts'
import { endStep, failed, finished, type StepWork } from '../turn.ts'
import { readSource } from './read-source.ts'
import { sendSome } from './send-some.ts'

const MOST = 1000

/** Wazzup may take a request for the whole set (fact sheet, 9), so all pipelines go in one. There are few of them. */
export const sendPipelines: StepWork = async (turn, begun, deps) => {
  const rows: unknown[] = []
  const comesBack = createLoopGuard(null)
  let step = { ...begun, cursor: null as string | null }
  do {
    const outcome = await readSource('pipelines', { turn, step, deps })
    if (outcome.kind !== 'page') return outcome
    const { items, next, total } = outcome.page
    rows.push(...items)
    if (comesBack(outcome.page) || rows.length > MOST)
      return endStep(turn, failed(begun, 'export_loops', deps))
    step = { ...step, cursor: next, total: total ?? step.total }
  } while (step.cursor !== null)

  const sent = await sendSome(rows, { kind: 'pipelines', turn, step, deps })
  if (sent.kind !== 'sent') return sent
  return endStep(turn, finished(sent.step, deps), sent.rejects)
}
