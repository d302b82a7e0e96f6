import {
  dueValues,
  readable,
  toClaimedExchange,
  toExchange,
  type ExchangeRow,
  WAZZUP_MAY_KNOW,
} from '../exchange-rows.ts'
import type { ExchangeStore, Failure } from '../port.ts'
import { claim } from './claim.ts'
import type { Database, Session } from './database.ts'
import { SELECT_EXCHANGE } from './exchange-rows.ts'
import { abandonGeneration, endGeneration } from './generations.ts'
import { record } from './record.ts'
import { otherIsSending } from './sending.ts'
import { statement } from './statement.ts'

const READABLE = readable('unnest(@opens::text[]) AS prefix (value)')

const AGAIN = statement(`
  UPDATE exchanges SET status = 'pending', reason = NULL, in_flight = 1, tries = tries + 1, due_at = @leaseUntil
  WHERE state_hash = @stateHash AND status = 'failed' AND reason = 'wazzup_unavailable'
    AND state_sealed IS NOT NULL AND due_at <= @now AND ${READABLE}`)

const DUE = `status = 'pending' AND due_at <= @now AND ${READABLE}`

/** A row that is due while in flight was left behind by a crash: it may have been answered. */
const NEXT_DUE = statement<{ state_hash: string }>(`
  UPDATE exchanges SET maybe_answered = greatest(maybe_answered, in_flight), in_flight = 1, tries = tries + 1,
    due_at = @leaseUntil
  WHERE status = 'pending' AND state_hash = (
    SELECT state_hash FROM exchanges WHERE ${DUE}
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING state_hash`)

const ANY_DUE = statement<object>(`SELECT 1 FROM exchanges WHERE ${DUE} LIMIT 1`)

const RELEASE = statement(`
  UPDATE exchanges SET in_flight = 0, maybe_answered = 1, due_at = @dueAt
  WHERE state_hash = @stateHash AND status = 'pending'`)

/** After `wazzup_unavailable` nothing has happened at Wazzup: the person may send the same bytes again. */
const SETTLE = statement<{ generation_id: string }>(`
  UPDATE exchanges SET status = 'failed', reason = @reason::text, in_flight = 0, due_at = @retryAt,
    state_sealed = CASE WHEN @reason::text = 'wazzup_unavailable' THEN state_sealed END
  WHERE state_hash = @stateHash AND status = 'pending'
  RETURNING generation_id`)

export function exchanges(db: Database): ExchangeStore {
  return {
    claim: (exchange) => db.exclusive((session) => claim(session, exchange)),
    isBusy: (attemptId, now) => otherIsSending(db, attemptId, now),
    reclaim: (stateHash, due) =>
      db.exclusive(async (session) => {
        const values = { stateHash, ...dueValues(due) }
        return (await session.run(AGAIN, values)) === 1 ? find(session, stateHash, toClaimedExchange) : null
      }),
    async claimDue(due) {
      const values = dueValues(due)
      // Most of the time there is none: looking waits for nobody.
      if (!(await db.one(ANY_DUE, values))) return null
      return db.exclusive(async (session) => {
        const row = await session.one(NEXT_DUE, values)
        return row ? find(session, row.state_hash, toClaimedExchange) : null
      })
    },
    record: (connected) => db.exclusive((session) => record(session, connected)),
    fail: (stateHash, failure) => db.exclusive((session) => fail(session, stateHash, failure)),
    async postpone(stateHash, dueAt) {
      await db.run(RELEASE, { stateHash, dueAt: dueAt.getTime() })
    },
    find: (stateHash) => find(db, stateHash, toExchange),
  }
}

async function find<T>(session: Session, stateHash: string, read: (row: ExchangeRow) => T) {
  const row = await session.one(SELECT_EXCHANGE, { stateHash })
  return row ? read(row) : null
}

async function fail(session: Session, stateHash: string, { reason, graceUntil, retryAt }: Failure) {
  const row = await session.one(SETTLE, { stateHash, reason, retryAt: retryAt.getTime() })
  if (!row) return false
  if (WAZZUP_MAY_KNOW.includes(reason)) await abandonGeneration(session, row.generation_id, graceUntil)
  else if (reason !== 'wazzup_unavailable') await endGeneration(session, row.generation_id)
  return true
}
