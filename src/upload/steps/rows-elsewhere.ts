import type { PageOutcome } from '../../crm/port.ts'
import { BATCH, prepare } from '../batch.ts'
import { NO_LIMIT } from '../room.ts'
import { refusedAlike } from '../refused-alike.ts'
import { RULES } from '../rules/table.ts'
import type { Elsewhere, Sending } from '../send-narrowing.ts'
import type { BatchTerms } from './send-batch.ts'

/** The page after this one; the rest of this one when it is the last. */
interface Place {
  next: string | null
  others: () => readonly unknown[]
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
    const sending = { kind, apiKey, upsert: deps.upsert, mayGoOn }
    return refusedAlike(prepare(items, known).outgoing, { reason, tried: before, sending, isOver })
  }

async function pageOf({ next, others }: Place, { kind, turn, deps }: BatchTerms): Promise<PageOutcome> {
  const rest = { items: others().slice(-BATCH), next: null, total: null }
  if (next === null || !deps.source) return { kind: 'page', page: rest }
  return deps.source.page({ kind, crmAccountId: turn.claim.key.crmAccountId, cursor: next })
}
