import type { SourceKind } from '../../crm/port.ts'
import type { UploadReject } from '../../store/port.ts'
import { prepare, refusals } from '../batch.ts'
import { RULES } from '../rules/table.ts'
import { send } from '../send.ts'
import { endStep, failed, stopped, type Step, type StepEnd } from '../turn.ts'
import type { Reading } from './read-source.ts'

/** Users that an account may have (fact sheet, 17). */
const MOST_USERS = 1000

export interface SendSome extends Reading {
  kind: SourceKind
}

/** Sends some rows and counts them; writing it down is left to the caller, who knows where the next ones begin. */
export async function sendSome(
  rows: readonly unknown[],
  { kind, turn, step, deps }: SendSome,
): Promise<{ kind: 'sent'; step: Step; rejects: UploadReject[] } | StepEnd> {
  const room = kind === 'users' ? MOST_USERS - step.sent : Infinity
  const batch = prepare(rows, { kind, rule: RULES[kind], from: step.read, room })
  const { apiKey, mayGoOn } = turn
  const sent = await send(batch.outgoing, { kind, apiKey, upsert: deps.upsert, tries: turn.tries(), mayGoOn })
  if (sent.kind === 'stopped') return stopped(sent.stop)
  if (sent.kind === 'not_open') return endStep(turn, failed(step, 'not_open', deps))
  const rejected = batch.rejected + sent.refused.length
  return {
    kind: 'sent',
    rejects: [...batch.rejects, ...refusals(kind, sent.refused, sent.withoutPhone)],
    step: {
      ...step,
      read: step.read + rows.length,
      sent: step.sent + batch.outgoing.length - sent.refused.length,
      rejected: step.rejected + rejected,
    },
  }
}
