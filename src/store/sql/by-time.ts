import { after, hours } from '../../shared/clock.ts'
import { BY_TIME, type Kept } from '../erasure.ts'
import type { Store } from '../port.ts'
import { batchOf } from './batch-of.ts'
import { erase } from './erase.ts'
import { all, read, run, single, sql, type Run, type Steps } from './operation.ts'

/** Each is a transaction of its own: few at a time, so that others have their turn. */
const ACCOUNTS = 20

/** One that was never connected has ended with its last exchange. */
const ENDED = sql<{ crm_account_id: string }>(`
  SELECT crm_account_id FROM connections {index connections_to_erase}
  WHERE erased_at IS NULL AND status IN ('disconnected', 'new') AND coalesce(disconnected_at, 0) <= @before
    AND NOT EXISTS (SELECT 1 FROM generations WHERE connection_id = connections.id
      AND (generations.status <> 'ended' OR generations.created_at > @before))
  ORDER BY coalesce(disconnected_at, 0) LIMIT @limit`)

const ended = read(function* (before: Date, limit: number): Steps<string[]> {
  return (yield* all(ENDED, { before, limit })).map(({ crm_account_id }) => crm_account_id)
})

const FORGET_READS = sql(`${batchOf('audit', 'id', "action = 'api_key.read' AND at <= @before")}
  DELETE FROM audit WHERE id IN (SELECT key FROM due)`)

const forgetReads = single(function* (before: Date, limit: number): Steps<number> {
  return yield* run(FORGET_READS, { before, limit })
})

interface Bounds {
  now: Date
  limit: number
}

/** The file of a small SQLite database is rewritten after an erasure: not with each of many. */
const WIPE_EVERY = hours(1)

/**
 * What is kept for a time only. Resolves to how many accounts' persons and how many entries have gone. Once no more are to go, the
 * engine's files forget them, too.
 */
export function erasingByTime(run: Run, wipe: Store['wipe']) {
  let [isOwed, wipedAt] = [false, -Infinity]
  return async ({ now, limit }: Bounds, { persons, reads }: Kept): Promise<number> => {
    const read = reads > 0 ? await run(forgetReads, after(now, -reads), limit) : 0
    const accounts = persons > 0 ? await run(ended, after(now, -persons), Math.min(limit, ACCOUNTS)) : []
    // One that was connected meanwhile is left alone.
    for (const account of accounts) await run(erase, account, BY_TIME, now)
    isOwed ||= accounts.length > 0
    if (isOwed && accounts.length === 0 && Math.abs(now.getTime() - wipedAt) >= WIPE_EVERY) {
      await wipe({ whole: false })
      ;[isOwed, wipedAt] = [false, now.getTime()]
    }
    return read + accounts.length
  }
}
