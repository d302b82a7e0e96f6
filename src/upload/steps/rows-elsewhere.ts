import { BATCH } from '../batch.ts'
import { prepare } from '../batch.ts'
import { RULES } from '../rules/table.ts'
import { sendNarrowing, type Elsewhere, type Sending } from '../send-narrowing.ts'
import { TURN_OVER } from '../stop.ts'
import type { BatchTerms } from './send-batch.ts'

/** Rows of another place that are tried, each alone, before the account is taken for the reason. */
const TRIED_ELSEWHERE = 5

/** The page after this one; the rest of this one when it is the last. */
interface Place {
  next: string | null
  others: readonly unknown[]
}

/** Tries rows of another place: where they are refused with the same reason, no row is to blame. */
export const rowsElsewhere =
  (place: Place, terms: BatchTerms): NonNullable<Sending['refusedElsewhere']> =>
  async (reason, before): Promise<Elsewhere> => {
    const { kind, turn, deps, isOver } = terms
    const { apiKey, mayGoOn } = turn
    const items = await itemsOf(place, terms)
    const known = { kind, rule: RULES[kind], readPhone: deps.readPhone, from: 0, room: Infinity }
    const rows = prepare(items, known).outgoing.slice(0, TRIED_ELSEWHERE)
    if (rows.length < TRIED_ELSEWHERE) return { kind: 'other' }
    for (let tried = before; tried < rows.length; tried += 1) {
      if (tried > before && isOver?.()) return { kind: 'stopped', stop: TURN_OVER, tried }
      const row = rows.slice(tried, tried + 1)
      const sent = await sendNarrowing(row, { kind, apiKey, upsert: deps.upsert, tries: 0, mayGoOn })
      if (sent.kind === 'stopped') return { kind: 'stopped', stop: sent.stop, tried }
      const isAlike =
        sent.kind === 'sent' && sent.refused.some((one) => !one.isNamed && one.reason === reason)
      if (!isAlike) return { kind: 'other' }
    }
    return { kind: 'alike' }
  }

async function itemsOf(
  { next, others }: Place,
  { kind, turn, deps }: BatchTerms,
): Promise<readonly unknown[]> {
  if (next === null || !deps.source) return others.slice(-BATCH)
  const { crmAccountId } = turn.claim.key
  const outcome = await deps.source.page({ kind, crmAccountId, cursor: next })
  return outcome.kind === 'page' ? outcome.page.items.slice(0, BATCH) : []
}
