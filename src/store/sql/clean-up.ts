import { after } from '../../shared/clock.ts'
import { ENDED_KEPT, FAILED_KEPT } from '../delivery.ts'
import { FOR_GOOD } from '../erasure.ts'
import type { Store } from '../port.ts'
import { RESULTS_KEPT, UNUSED_KEPT } from '../support.ts'
import { batchOf } from './batch-of.ts'
import { erasingByTime } from './by-time.ts'
import { databaseTime } from './database-time.ts'
import { endGenerations, endOutlived } from './generations.ts'
import { all, repeatable, run, single, sql, type Run, type Steps } from './operation.ts'
import { giveSupportIds } from './support.ts'

const STATEMENTS = [
  `${batchOf('attempts', 'id', 'expires_at <= @now AND (state_sealed IS NOT NULL OR login_sealed IS NOT NULL)')}
    UPDATE attempts SET state_sealed = NULL, login_sealed = NULL WHERE id IN (SELECT key FROM due)`,
  `${batchOf('attempts', 'id', "user_id IS NULL AND status NOT IN ('failed', 'cancelled') AND expires_at <= @hourAgo")}
    DELETE FROM attempts WHERE id IN (SELECT key FROM due)`,
  `${batchOf('attempts', 'id', 'expires_at <= @longAgo')} DELETE FROM attempts WHERE id IN (SELECT key FROM due)`,
  // To lock rows takes the right to update them, which the service has not.
  `WITH due AS MATERIALIZED (SELECT key FROM claims WHERE until <= @now LIMIT @limit)
    DELETE FROM claims WHERE key IN (SELECT key FROM due)`,
  `${batchOf('deliveries', 'id', "status IN ('delivered', 'dropped') AND ended_at <= {now} - @endedKept")}
    DELETE FROM deliveries WHERE id IN (SELECT key FROM due)`,
  `${batchOf('deliveries', 'id', "status = 'failed' AND ended_at <= {now} - @failedKept")}
    DELETE FROM deliveries WHERE id IN (SELECT key FROM due)`,
  `${batchOf('parked', 'attempt_id', 'until <= @now')} DELETE FROM parked WHERE attempt_id IN (SELECT key FROM due)`,
].map((text) => sql(text))

/** Small batches, each statement a transaction of its own: the service goes on serving in between. */
const erase = single(function* (values: object): Steps<number> {
  let touched = 0
  for (const each of STATEMENTS) touched += yield* run(each, values)
  return touched
})

const NOT_SENT = `status = 'failed' AND state_sealed IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM attempts WHERE attempts.id = attempt_id AND attempts.expires_at > @now)`
const UNSENT = sql<{ id: string }>(`${batchOf('exchanges', 'state_hash', NOT_SENT)}
  UPDATE exchanges SET state_sealed = NULL WHERE state_hash IN (SELECT key FROM due)
  RETURNING generation_id AS id`)

interface Bounds {
  now: Date
  limit: number
}

/** Keys whose grace is over. */
const endOutlivedKeys = single(function* (bounds: Bounds): Steps<number> {
  return yield* endOutlived(bounds)
})

/** Keys of exchanges that nobody came back to send again: Wazzup has never seen them. */
const endUnsentKeys = repeatable(function* (bounds: Bounds): Steps<number> {
  const unsent = yield* all(UNSENT, bounds)
  yield* endGenerations(unsent.map(({ id }) => id))
  return unsent.length
})

const KEPT = { endedKept: ENDED_KEPT, failedKept: FAILED_KEPT }

/**
 * Erases what is over for everybody: by the clock of this machine, which may be wrong, and by the database's, which all share. A
 * machine that is a day ahead would end the grace of every customer.
 */
export const cleanUp = (run: Run, wipe: Store['wipe']): Store['cleanUp'] => {
  const eraseByTime = erasingByTime(run, wipe)
  return async (here, limit, kept = FOR_GOOD) => {
    const now = new Date(Math.min(here.getTime(), await run(databaseTime)))
    const values = {
      now,
      hourAgo: after(now, -UNUSED_KEPT),
      longAgo: after(now, -RESULTS_KEPT),
      ...KEPT,
      limit,
    }
    return (
      (await run(erase, values)) +
      (await run(endOutlivedKeys, values)) +
      (await run(endUnsentKeys, values)) +
      (await run(giveSupportIds, limit)) +
      (await eraseByTime(values, kept))
    )
  }
}
