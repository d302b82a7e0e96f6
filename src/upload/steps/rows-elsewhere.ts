import type { PageOutcome } from '../../crm/port.ts'
import { BATCH, prepare } from '../batch.ts'
import { NO_LIMIT } from '../room.ts'
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
    const outcome = await pageOf(place, terms)
    if (outcome.kind === 'unavailable') {
      const { code, status, retryAfter: wait } = outcome
      return { kind: 'stopped', stop: { kind: 'later', code, status, wait, tried: true }, tried: before }
    }
    const items = outcome.kind === 'page' ? outcome.page.items.slice(0, BATCH) : []
    const known = { kind, rule: RULES[kind], readPhone: deps.readPhone, from: 0, room: NO_LIMIT }
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

async function pageOf({ next, others }: Place, { kind, turn, deps }: BatchTerms): Promise<PageOutcome> {
  const rest = { items: others.slice(-BATCH), next: null, total: null }
  if (next === null || !deps.source) return { kind: 'page', page: rest }
  return deps.source.page({ kind, crmAccountId: turn.claim.key.crmAccountId, cursor: next })
}
