import { BATCH } from '../../wazzup/upsert.ts'
import { prepare } from '../batch.ts'
import { RULES } from '../rules/table.ts'
import { sendNarrowing, type Sending } from '../send-narrowing.ts'
import type { Stop } from '../stop.ts'
import type { BatchTerms } from './send-batch.ts'

/** Rows of another place that are tried, each alone, before the account is taken for the reason. */
const TRIED_ELSEWHERE = 5

/** The page after this one, or what is left of this one when it is the last. */
interface Elsewhere {
  next: string | null
  others: readonly unknown[]
}

/** Whether Wazzup refuses rows of another page with the same reason: then the step waits with it, and no row is blamed. */
export const rowsElsewhere =
  (place: Elsewhere, terms: BatchTerms): NonNullable<Sending['refusedElsewhere']> =>
  async (reason): Promise<Stop | null> => {
    const { kind, turn, deps } = terms
    const { apiKey, mayGoOn } = turn
    const items = await itemsOf(place, terms)
    const known = { kind, rule: RULES[kind], readPhone: deps.readPhone, from: 0, room: Infinity }
    const rows = prepare(items, known).outgoing.slice(0, TRIED_ELSEWHERE)
    if (rows.length < TRIED_ELSEWHERE) return null
    for (const row of rows) {
      const sent = await sendNarrowing([row], { kind, apiKey, upsert: deps.upsert, tries: 0, mayGoOn })
      if (sent.kind === 'stopped') return sent.stop
      const isAlike =
        sent.kind === 'sent' && sent.refused.some((one) => !one.isNamed && one.reason === reason)
      if (!isAlike) return null
    }
    return { kind: 'later', code: reason, status: null, wait: null, tried: true }
  }

async function itemsOf(
  { next, others }: Elsewhere,
  { kind, turn, deps }: BatchTerms,
): Promise<readonly unknown[]> {
  if (next === null || !deps.source) return others.slice(-BATCH)
  const { crmAccountId } = turn.claim.key
  const outcome = await deps.source.page({ kind, crmAccountId, cursor: next })
  return outcome.kind === 'page' ? outcome.page.items.slice(0, BATCH) : []
}
