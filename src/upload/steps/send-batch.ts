import type { SourceKind } from '../../crm/port.ts'
import type { UploadReject } from '../../store/port.ts'
import type { Outgoing } from '../narrow.ts'
import { isOf } from '../narrowing.ts'
import { prepare, refusals, type Batch } from '../batch.ts'
import { wasSent } from '../rules/rule.ts'
import { RULES } from '../rules/table.ts'
import { sendNarrowing, type Sending, type Sent } from '../send-narrowing.ts'
import type { Stop } from '../stop.ts'
import { endStep, failed, type Step, type StepEnd } from '../turn.ts'
import { placesFor, type Places } from './places.ts'
import type { Reading } from './read-source.ts'

export interface BatchTerms extends Reading, Pick<Sending, 'isOver' | 'refusedElsewhere'> {
  kind: SourceKind
}

/** `stop`: why not all rows are through; `through` of them, from the first on, are. Nothing is written down yet. */
export interface SentBatch {
  kind: 'sent'
  step: Step
  rejects: UploadReject[]
  through: number
  /** Those of them that Wazzup has taken. */
  accepted: readonly Outgoing[]
  wasSplit: boolean
  stop: Stop | null
}

/** Sends some rows and counts them; writing it down is left to the caller, who knows where the next ones begin. */
export async function sendBatch(
  rows: readonly unknown[],
  { kind, turn, step, deps, isOver, refusedElsewhere }: BatchTerms,
): Promise<SentBatch | StepEnd> {
  const places = await placesFor({ kind, turn, step, deps })
  if (places.kind !== 'places') return places
  const { readPhone } = deps
  const { room } = places
  const batch = prepare(rows, { kind, rule: RULES[kind], readPhone, from: step.read, room })
  const { apiKey, mayGoOn } = turn
  const { tries } = turn.trouble()
  const { generationId } = turn.claim.key
  const { narrowings } = deps
  const kept = narrowings.find(generationId, { kind, read: step.read })?.narrowing
  const goesOn = kept !== undefined && isOf(kept, batch.outgoing)
  // Where an export gives other rows at each reading, nothing would ever come to its end in turns.
  const endsTurns = isOver && (kept === undefined || goesOn)
  narrowings.forget(generationId)
  const sent = await sendNarrowing(batch.outgoing, {
    ...{ kind, apiKey, upsert: deps.upsert, tries, mayGoOn },
    ...(endsTurns && { isOver }),
    ...(refusedElsewhere && { refusedElsewhere }),
    ...(goesOn && { from: kept }),
  })
  if (sent.kind === 'not_open') return endStep(turn, failed(step, 'not_open'))
  const last = sent.kind === 'sent' ? step.read + rows.length : firstOf(sent.unsettled) - 1
  if (sent.kind === 'stopped' && sent.rest)
    narrowings.keep(generationId, { kind, read: last, end: step.read + rows.length, narrowing: sent.rest })
  return upTo(last, { kind, step, batch, sent, places })
}

interface Settled extends Pick<BatchTerms, 'kind' | 'step'> {
  batch: Batch
  sent: Exclude<Sent, { kind: 'not_open' }>
  places: Places
}

/** What became of the rows up to the one with the number `last`. */
function upTo(last: number, { kind, step, batch, sent, places }: Settled): SentBatch {
  const upToLast = <T extends { position: number }>(some: readonly T[]) =>
    some.filter(({ position }) => position <= last)
  const refused = sent.refused.filter(({ row }) => row.position <= last)
  const isRefused = new Set(refused.map(({ row }) => row.position))
  // What was left out of a row is told where the row was sent.
  const isTrue = (reject: UploadReject) => !(isRefused.has(reject.position) && wasSent(reject))
  const accepted = upToLast(batch.outgoing).filter(({ position }) => !isRefused.has(position))
  const ids = accepted.map(({ id }) => id)
  return {
    kind: 'sent',
    rejects: [...upToLast(batch.rejects).filter(isTrue), ...upToLast(refusals(kind, { ...sent, refused }))],
    step: {
      ...step,
      read: last,
      sent: step.sent + places.took(ids, last),
      rejected: step.rejected + upToLast(batch.rejected).length + refused.length,
    },
    through: last - step.read,
    accepted,
    ...(sent.kind === 'sent' ? { wasSplit: sent.wasSplit, stop: null } : { wasSplit: true, stop: sent.stop }),
  }
}

const firstOf = (rows: readonly { position: number }[]) => Math.min(...rows.map(({ position }) => position))
