import { GIVE_UP_AFTER, toClaimedExchange, toExchange, WAZZUP_MAY_KNOW } from '../exchange.ts'
import type {
  ClaimedExchange,
  Due,
  Exchange,
  ExchangeClaim,
  ExchangeStore,
  Failed,
  Failure,
  LatestExchange,
  Postponement,
} from '../port.ts'
import { claim, isSendingAnother, SELECT_EXCHANGE } from './claim-state.ts'
import { abandonGenerations, endGenerations } from './generations.ts'
import { LEASES } from './lease.ts'
import { accountLock, exchangeLock, keyLocks } from './locks.ts'
import { all, alone, one, read, run, single, sql, type Run, type Steps } from './operation.ts'
import { ALL_VALUES, opens } from './readable.ts'
import { record, recordKept } from './record.ts'
import { tells } from './story.ts'
import { tell } from './tell.ts'

/** Condition on `exchanges`: this process can open what is to be sent, or its time is over. */
const READABLE = `(exchanges.created_at <= {now} - ${GIVE_UP_AFTER} OR (${opens('state_sealed')} AND EXISTS (
    SELECT 1 FROM generations WHERE generations.id = generation_id AND ${opens('crm_key_sealed')})))`

const dueValues = <D extends Due>(due: D) => ({ opens: ALL_VALUES, ...due })

const DUE = `status = 'pending' AND due_at <= {now} AND ${READABLE}`

const { take, leave, mine } = LEASES.exchange

/**
 * Condition on `exchanges`: this sender took it, and nobody after. The number of tries shows a replica of the release
 * before, too, which writes no runner.
 */
const MINE = `${mine} AND tries = @tries AND status = 'pending'`

const fence = ({ stateHash, runner, tries }: ExchangeClaim) => ({ row: stateHash, runner, tries })

/** Pressed again, it is a decision of now: newer than what others have confirmed meanwhile. */
const AGAIN = sql(`
  UPDATE exchanges SET status = 'pending', reason = NULL, in_flight = 1, tries = tries + 1, created_at = {now}, ${take},${tells("'sent_again'", "'by_the_person'")}
  WHERE state_hash = @stateHash AND status = 'failed' AND reason = 'wazzup_unavailable'
    AND state_sealed IS NOT NULL AND due_at <= {now} AND ${READABLE}`)

const NEXT = sql<{ crm_account_id: string }>(`
  SELECT crm_account_id FROM exchanges WHERE ${DUE} ORDER BY due_at LIMIT 1`)

/** A row that is due while in flight was left behind by a crash: it may have been answered. */
const NEXT_DUE = sql<{ state_hash: string }>(`
  UPDATE exchanges SET maybe_answered = CASE WHEN in_flight = 1 THEN 1 ELSE maybe_answered END, in_flight = 1,
    tries = tries + 1, ${take},${tells("'sent_again'", "CASE WHEN in_flight = 1 THEN 'left_behind' END")}
  WHERE status = 'pending' AND state_hash = (
    SELECT state_hash FROM exchanges WHERE crm_account_id = @crmAccountId AND ${DUE} ORDER BY due_at LIMIT 1)
  RETURNING state_hash`)

const LATEST = sql<LatestExchange>(`
  SELECT exchanges.name, exchanges.reason
  FROM connections
  JOIN generations ON generations.connection_id = connections.id
  JOIN exchanges ON exchanges.generation_id = generations.id
  WHERE connections.crm_account_id = @crmAccountId
  ORDER BY generations.generation DESC LIMIT 2`)

const RENEW = sql(`UPDATE exchanges SET due_at = {now} + @lease WHERE ${MINE}`)

const RELEASE = sql(`
  UPDATE exchanges SET in_flight = 0, maybe_answered = CASE WHEN @lost = 1 THEN 1 ELSE maybe_answered END,
    ${leave}, due_at = {now} + @wait,${tells("CASE WHEN @lost = 1 THEN 'answer_lost' ELSE 'not_now' END", '@code')}
  WHERE ${MINE}`)

/** After `wazzup_unavailable` nothing has happened at Wazzup: the person may send the same bytes again. */
const SETTLE = sql<{ generation_id: string; has_kept: number }>(`
  UPDATE exchanges SET status = 'failed', reason = CAST(@reason AS text), in_flight = 0, ${leave}, due_at = {now} + @retryIn,
    state_sealed = CASE WHEN CAST(@reason AS text) = 'wazzup_unavailable' THEN state_sealed END,${tells('@reason', '@code')}
  WHERE ${MINE}
  RETURNING generation_id, CASE WHEN EXISTS (
    SELECT 1 FROM generations AS older JOIN generations AS mine ON mine.connection_id = older.connection_id
    WHERE mine.id = exchanges.generation_id AND older.kept_key_sealed IS NOT NULL) THEN 1 ELSE 0 END AS has_kept`)

/** Wazzup may have bound the account again, and then the older apiKey is dead: it is the next to be tried. */
const PROBE_SOON = sql(`
  UPDATE connections SET probed_at = 0 WHERE status = 'connected' AND id = (
    SELECT connection_id FROM generations WHERE id = @generation_id)`)

const reclaim = alone(exchangeLock, function* (stateHash: string, due: Due): Steps<ClaimedExchange | null> {
  const taken = yield* run(AGAIN, { stateHash, ...dueValues(due) })
  return taken === 1 ? yield* claimedOne(stateHash) : null
})

type OfAccount = Due & { crmAccountId: string }

const next = read(function* (due: Due): Steps<OfAccount | null> {
  const row = yield* one(NEXT, dueValues(due))
  return row ? { ...due, crmAccountId: row.crm_account_id } : null
})

const nextDue = alone(accountLock, function* (due: OfAccount): Steps<ClaimedExchange | null> {
  const row = yield* one(NEXT_DUE, dueValues(due))
  return row ? yield* claimedOne(row.state_hash) : null
})

function* claimedOne(stateHash: string): Steps<ClaimedExchange | null> {
  const row = yield* one(SELECT_EXCHANGE, { stateHash })
  return row ? toClaimedExchange(row) : null
}

const peek = read(claimedOne)

const latestOf = read(function* (crmAccountId: string): Steps<LatestExchange[]> {
  return yield* all(LATEST, { crmAccountId })
})

export function* exchangeOf(stateHash: string): Steps<Exchange | null> {
  const row = yield* one(SELECT_EXCHANGE, { stateHash })
  return row ? toExchange(row) : null
}

const find = read(exchangeOf)

const fail = alone(keyLocks, function* (claim: ExchangeClaim, failure: Failure): Steps<Failed> {
  const { reason, grace, retryIn, code = null } = failure
  const row = yield* one(SETTLE, { ...fence(claim), reason, retryIn, code })
  if (!row) return { kind: 'gone' }
  if (WAZZUP_MAY_KNOW.includes(reason)) {
    yield* abandonGenerations([row.generation_id], grace)
    yield* run(PROBE_SOON, row)
  } else if (reason !== 'wazzup_unavailable') yield* endGenerations([row.generation_id])
  yield* tell(row.generation_id, { type: 'connection.failed', reason })
  return { kind: 'failed', older: row.has_kept === 1 ? yield* recordKept(row.generation_id, failure) : null }
})

const renew = single(function* (claim: ExchangeClaim, lease: number): Steps<boolean> {
  return (yield* run(RENEW, { ...fence(claim), lease })) === 1
})

const postpone = single(function* (claim: ExchangeClaim, until: Postponement): Steps<boolean> {
  return (yield* run(RELEASE, { code: null, ...fence(claim), ...until })) === 1
})

export const exchanges = (run: Run): ExchangeStore => ({
  claim: (exchange) => run(claim, exchange),
  isSendingAnother: (attemptId) => run(isSendingAnother, attemptId),
  reclaim: (stateHash, due) => run(reclaim, stateHash, due),
  // Most of the time there is none: looking waits for nobody. What another replica has taken meanwhile is not the last one.
  async claimDue(due) {
    for (let found = await run(next, due); found; found = await run(next, due)) {
      const taken = await run(nextDue, found)
      if (taken) return taken
    }
    return null
  },
  record: (connected) => run(record, connected),
  renew: (claim, lease) => run(renew, claim, lease),
  fail: (claim, failure) => run(fail, claim, failure),
  postpone: (claim, until) => run(postpone, claim, until),
  latestOf: (crmAccountId) => run(latestOf, crmAccountId),
  find: (stateHash) => run(find, stateHash),
  peek: (stateHash) => run(peek, stateHash),
})
