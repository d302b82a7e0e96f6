import type { Outgoing } from './narrow.ts'
import { sendNarrowing, type Elsewhere, type Sending } from './send-narrowing.ts'
import { TURN_OVER } from './stop.ts'

/** Rows of another place that are tried, each alone, before the account is taken for the reason. */
export const TRIED_ELSEWHERE = 5

interface Terms {
  reason: string
  /** How many were tried before. */
  tried: number
  sending: Pick<Sending, 'kind' | 'apiKey' | 'upsert' | 'mayGoOn'>
  isOver: Sending['isOver']
}

/** Tries rows of another place: where they are refused with the same reason, no row is to blame. */
export async function refusedAlike(
  some: readonly Outgoing[],
  { reason, tried: before, sending, isOver }: Terms,
): Promise<Elsewhere> {
  const rows = some.slice(0, TRIED_ELSEWHERE)
  if (rows.length < TRIED_ELSEWHERE) return { kind: 'other' }
  for (let tried = before; tried < rows.length; tried += 1) {
    if (tried > before && isOver?.()) return { kind: 'stopped', stop: TURN_OVER, tried }
    const { kind, apiKey, upsert, mayGoOn } = sending
    const row = rows.slice(tried, tried + 1)
    const sent = await sendNarrowing(row, { kind, apiKey, upsert, tries: 0, mayGoOn })
    if (sent.kind === 'stopped') return { kind: 'stopped', stop: sent.stop, tried }
    const isAlike = sent.kind === 'sent' && sent.refused.some((one) => !one.isNamed && one.reason === reason)
    if (!isAlike) return { kind: 'other' }
  }
  return { kind: 'alike' }
}
