import { AppError } from '../shared/app-error.ts'
import { flow, type Row } from './flow.ts'
import type { Outcome } from './outcome.ts'
import { supportIdFor } from '../shared/request-id.ts'
import { supportIdOf } from '../shared/support-id.ts'
import type { ConnectDeps, Request, Step, Visit } from './visit.ts'

/**
 * Takes a request through one row of the flow and writes one wide event about it: which step decided, how, and how
 * long each took. Errors of the store and of sealed values pass through to the caller, after the event.
 */
export async function run(row: Row, request: Request, deps: ConnectDeps): Promise<Outcome> {
  const visit = newVisit(request)
  const took: Record<string, number> = {}
  for (const step of flow[row]) {
    const started = deps.monotonic()
    const outcome = await attempted(step, visit, deps)
    took[step.name] = Math.round(deps.monotonic() - started)
    if (!outcome) continue
    report({ row, step, visit, took, outcome }, deps)
    if (outcome.kind === 'thrown') throw outcome.error
    return outcome
  }
  throw new AppError('A row of the connect flow ended without an outcome', { code: 'flow_without_outcome' })
}

const newVisit = (request: Request): Visit => ({
  request,
  state: null,
  own: [],
  attemptId: request.attemptId,
  answer: request.answer,
  attempt: null,
  browserSecret: '',
  replaces: '',
  exchange: null,
  facts: {},
})

interface Thrown {
  kind: 'thrown'
  error: unknown
}

async function attempted(step: Step, visit: Visit, deps: ConnectDeps): Promise<Outcome | Thrown | undefined> {
  try {
    return await step(visit, deps)
  } catch (error) {
    return { kind: 'thrown', error }
  }
}

interface Report {
  row: Row
  step: Step
  visit: Visit
  took: Record<string, number>
  outcome: Outcome | Thrown
}

function report({ row, step, visit, took, outcome }: Report, { log, isNews }: ConnectDeps) {
  const attemptId = visit.attempt?.id ?? ('attemptId' in outcome ? outcome.attemptId : null)
  const err = outcome.kind === 'thrown' ? outcome.error : visit.err
  const isOld = 'result' in outcome && !isNews(attemptId, `${outcome.result.status} ${outcome.result.reason}`)
  log[outcome.kind === 'thrown' || visit.isError ? 'error' : isOld ? 'debug' : 'info']({
    event: `connect.${row}`,
    step: step.name,
    attemptId,
    supportId:
      'problem' in outcome
        ? supportIdFor(attemptId, { requestId: visit.request.requestId, problem: outcome.problem })
        : attemptId && supportIdOf(attemptId),
    outcome: outcome.kind,
    ...('problem' in outcome && { problem: outcome.problem }),
    ...('to' in outcome && { to: outcome.to }),
    ...('result' in outcome && { status: outcome.result.status, reason: outcome.result.reason }),
    // After a restore to an older moment the log alone still knows who was connected since: see docs/backup.md.
    ...(visit.exchange && { crmAccountId: visit.exchange.crmAccountId }),
    ...visit.facts,
    took,
    ...(err !== undefined && { err }),
  })
}
