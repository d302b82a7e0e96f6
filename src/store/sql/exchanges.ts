import { toClaimedExchange, toExchange, WAZZUP_MAY_KNOW } from '../exchange-rows.ts'
import type { ClaimedExchange, Due, Exchange, ExchangeStore, Failure } from '../port.ts'
import { claim, isBusy, SELECT_EXCHANGE } from './claim.ts'
import { abandonGeneration, endGeneration } from './generations.ts'
import { alone, one, read, run, single, sql, type Run, type Steps } from './operation.ts'
import { record } from './record.ts'

const opens = (column: string) => `EXISTS (
    SELECT 1 FROM {each opens} AS prefix WHERE substr(${column}, 1, length(prefix.value)) = prefix.value)`

/** Condition on `exchanges`: this process can open what is to be sent, or its time is over. */
const READABLE = `(exchanges.created_at <= @givenUpBefore OR (${opens('state_sealed')} AND EXISTS (
    SELECT 1 FROM generations WHERE generations.id = generation_id AND ${opens('crm_key_sealed')})))`

/** Every value begins with nothing. */
const ALL = ['']

const dueValues = (due: Due) => ({ opens: ALL, ...due })

const DUE = `status = 'pending' AND due_at <= @now AND ${READABLE}`

const AGAIN = sql(`
  UPDATE exchanges SET status = 'pending', reason = NULL, in_flight = 1, tries = tries + 1, due_at = @leaseUntil
  WHERE state_hash = @stateHash AND status = 'failed' AND reason = 'wazzup_unavailable'
    AND state_sealed IS NOT NULL AND due_at <= @now AND ${READABLE}`)

const ANY_DUE = sql<object>(`SELECT 1 FROM exchanges WHERE ${DUE} LIMIT 1`)

/** A row that is due while in flight was left behind by a crash: it may have been answered. */
const NEXT_DUE = sql<{ state_hash: string }>(`
  UPDATE exchanges SET maybe_answered = CASE WHEN in_flight = 1 THEN 1 ELSE maybe_answered END, in_flight = 1,
    tries = tries + 1, due_at = @leaseUntil
  WHERE status = 'pending' AND state_hash = (
    SELECT state_hash FROM exchanges WHERE ${DUE} ORDER BY due_at LIMIT 1 {skip locked})
  RETURNING state_hash`)

const RELEASE = sql(`
  UPDATE exchanges SET in_flight = 0, maybe_answered = 1, due_at = @dueAt
  WHERE state_hash = @stateHash AND status = 'pending'`)

/** After `wazzup_unavailable` nothing has happened at Wazzup: the person may send the same bytes again. */
const SETTLE = sql<{ generation_id: string }>(`
  UPDATE exchanges SET status = 'failed', reason = CAST(@reason AS text), in_flight = 0, due_at = @retryAt,
    state_sealed = CASE WHEN CAST(@reason AS text) = 'wazzup_unavailable' THEN state_sealed END
  WHERE state_hash = @stateHash AND status = 'pending'
  RETURNING generation_id`)

const reclaim = alone(function* (stateHash: string, due: Due): Steps<ClaimedExchange | null> {
  const taken = yield* run(AGAIN, { stateHash, ...dueValues(due) })
  return taken === 1 ? yield* claimedOne(stateHash) : null
})

const anyDue = read(function* (due: Due): Steps<boolean> {
  return (yield* one(ANY_DUE, dueValues(due))) !== undefined
})

const nextDue = alone(function* (due: Due): Steps<ClaimedExchange | null> {
  const row = yield* one(NEXT_DUE, dueValues(due))
  return row ? yield* claimedOne(row.state_hash) : null
})

function* claimedOne(stateHash: string): Steps<ClaimedExchange | null> {
  const row = yield* one(SELECT_EXCHANGE, { stateHash })
  return row ? toClaimedExchange(row) : null
}

const peek = read(claimedOne)

const find = read(function* (stateHash: string): Steps<Exchange | null> {
  const row = yield* one(SELECT_EXCHANGE, { stateHash })
  return row ? toExchange(row) : null
})

const fail = alone(function* (stateHash: string, { reason, graceUntil, retryAt }: Failure): Steps<boolean> {
  const row = yield* one(SETTLE, { stateHash, reason, retryAt })
  if (!row) return false
  if (WAZZUP_MAY_KNOW.includes(reason)) yield* abandonGeneration(row.generation_id, graceUntil)
  else if (reason !== 'wazzup_unavailable') yield* endGeneration(row.generation_id)
  return true
})

const postpone = single(function* (stateHash: string, dueAt: Date): Steps<void> {
  yield* run(RELEASE, { stateHash, dueAt })
})

export const exchanges = (run: Run): ExchangeStore => ({
  claim: (exchange) => run(claim, exchange),
  isBusy: (attemptId, now) => run(isBusy, attemptId, now),
  reclaim: (stateHash, due) => run(reclaim, stateHash, due),
  // Most of the time there is none: looking waits for nobody.
  claimDue: async (due) => ((await run(anyDue, due)) ? run(nextDue, due) : null),
  record: (connected) => run(record, connected),
  fail: (stateHash, failure) => run(fail, stateHash, failure),
  postpone: (stateHash, dueAt) => run(postpone, stateHash, dueAt),
  find: (stateHash) => run(find, stateHash),
  peek: (stateHash) => run(peek, stateHash),
})
