import type { SourceKind } from '../../crm/port.ts'
import { GONE, type Step, type StepEnd, type Turn } from '../turn.ts'
import type { UploadDeps } from '../deps.ts'

/** The note on a step that is done: Wazzup counts fewer rows than it has taken. Rows that came twice count once there. */
const FEWER_AT_WAZZUP = 'fewer_at_wazzup'

interface Ended {
  kind: SourceKind
  turn: Turn
  /** With its end, not written down yet. */
  step: Step
  deps: UploadDeps
}

/**
 * Compares what was sent with what Wazzup says that it has: an answer of 2xx may have lost rows without a word. What Wazzup
 * does not tell says nothing, and no count makes a step fail.
 */
export async function compareCount({ kind, turn, step, deps }: Ended): Promise<Step | StepEnd> {
  // Of pipelines no count is told, and their ids are read where it matters.
  if (kind === 'pipelines' || step.sent === 0) return step
  if (!(await turn.mayGoOn())) return GONE
  const count = await deps.entities.count(kind, turn.apiKey)
  if (count === null || count >= step.sent) return step
  const { crmAccountId, connectionId } = turn.claim.key
  deps.log.warn({
    ...{ event: 'upload.fewer_at_wazzup', crmAccountId, connectionId, kind, sent: step.sent, count },
    hint: 'Wazzup has taken these rows and counts fewer. Rows that were exported twice count once there.',
  })
  return { ...step, reason: FEWER_AT_WAZZUP }
}
