import type { SourceKind, SourcePage } from '../../crm/port.ts'
import { hintOf } from '../../upstream/connection-trouble.ts'
import type { UploadDeps } from '../deps.ts'
import { endStep, failed, GONE, stopped, type Step, type StepEnd, type Turn } from '../turn.ts'

export interface Reading {
  turn: Turn
  step: Step
  deps: UploadDeps
}

/** A page, and the milliseconds until it came. */
export interface PageRead {
  kind: 'page'
  page: SourcePage
  took: number
  /** Up to which change of the customer's data it is newer; null when no change waited. */
  upTo: number | null
}

/** The page that a step stands at; or how the step ends, or has to wait, without it. */
export async function readSource(
  kind: SourceKind,
  { turn, step, deps }: Reading,
): Promise<PageRead | StepEnd> {
  if (!deps.source) return endStep(turn, failed(step, 'no_export'))
  if (!(await turn.mayGoOn())) return GONE
  const { crmAccountId, generationId } = turn.claim.key
  const upTo = await deps.store.changes.latest(generationId)
  const asked = deps.monotonic()
  const outcome = await deps.source.page({ kind, crmAccountId, cursor: step.cursor })
  switch (outcome.kind) {
    case 'page':
      return { ...outcome, took: deps.monotonic() - asked, upTo }
    case 'refused':
      return endStep(turn, failed(step, outcome.code))
    case 'unavailable': {
      const { code, status, retryAfter: wait, transport = '' } = outcome
      return stopped({ kind: 'later', code, status, wait, tried: true, ...hintOf(transport) })
    }
  }
}
