import type { ChangeBatch, ChangeStore, ClaimedChanges } from '../store/port.ts'
import { BATCH } from '../upload/batch.ts'
import type { Upsert } from '../wazzup/upsert.ts'

/**
 * Opens the rows of the next batch while a request is on its way and nothing else is to be done: that takes a fourth of the time
 * of a change. It decides nothing. The batch itself is read when it is its turn, and a change that was replaced meanwhile has
 * another id, under which nothing is open.
 */
export function readAhead(claim: ClaimedChanges, changes: Pick<ChangeStore, 'others'>) {
  let open = new Map<string, string | null>()

  async function look({ kind, op, changes: sent }: ChangeBatch) {
    const after = sent.at(-1)?.number ?? 0
    const next = await changes.others(claim, { kind, op, after, limit: BATCH })
    open = new Map(next.map(({ id, row }) => [id, row()]))
  }

  return {
    /** The batch, its rows open as far as they are. */
    opened: (batch: ChangeBatch): ChangeBatch => ({
      ...batch,
      changes: batch.changes.map((change) => {
        const row = open.get(change.id)
        return row === undefined ? change : { ...change, row: () => row }
      }),
    }),
    /** Sends, and looks behind this batch once the first request is out. What goes wrong with that shows again in its turn. */
    whileSending(batch: ChangeBatch, upsert: Upsert): Upsert {
      let isFirst = true
      return (...request) => {
        const answer = upsert(...request)
        if (isFirst) setImmediate(() => void look(batch).catch(() => undefined))
        isFirst = false
        return answer
      }
    },
  }
}
