import { AppError } from '../shared/app-error.ts'
import { flow, type Row } from './flow.ts'
import { supportIdOf } from './support-id.ts'
import type { ConnectDeps, Outcome, Request, Visit } from './visit.ts'

/**
 * Takes a request through one row of the flow and writes one wide event about it: which step decided, how, and how
 * long each took. Errors of the store and of sealed values pass through to the caller.
 */
export async function run(row: Row, request: Request, deps: ConnectDeps): Promise<Outcome> {
  const visit: Visit = {
    request,
    now: deps.clock(),
    state: null,
    attemptId: request.attemptId,
    answer: request.answer,
    attempt: null,
    browserSecret: '',
    exchange: null,
    facts: {},
  }
  const took: Record<string, number> = {}
  for (const step of flow[row]) {
    const started = performance.now()
    const outcome = await step(visit, deps)
    took[step.name] = Math.round(performance.now() - started)
    if (!outcome) continue
    report({ row, step: step.name, took, outcome, visit }, deps)
    return outcome
  }
  throw new AppError('A row of the connect flow ended without an outcome', { code: 'flow_without_outcome' })
}

interface Report {
  row: Row
  step: string
  took: Record<string, number>
  outcome: Outcome
  visit: Visit
}

function report({ row, step, took, outcome, visit }: Report, { log }: ConnectDeps) {
  const attemptId = visit.attempt?.id ?? ('attemptId' in outcome ? outcome.attemptId : null)
  log.info({
    event: `connect.${row}`,
    step,
    attemptId,
    supportId: attemptId === null ? null : supportIdOf(attemptId),
    outcome: outcome.kind,
    ...('problem' in outcome && { problem: outcome.problem }),
    ...('to' in outcome && { to: outcome.to }),
    ...('result' in outcome && { status: outcome.result.status, reason: outcome.result.reason }),
    ...visit.facts,
    took,
  })
}
