import type { Database } from 'better-sqlite3'
import type { ExchangeStore, Failure } from '../port.ts'
import { claim } from './claim.ts'
import { guarded } from './errors.ts'
import { SELECT_EXCHANGE, toExchange, type ExchangeRow } from './exchange-rows.ts'
import { abandonGeneration, endGeneration } from './generations.ts'
import { immediate } from './immediate.ts'
import { record } from './record.ts'

export function exchanges(db: Database): ExchangeStore {
  const select = db.prepare<[string], ExchangeRow>(SELECT_EXCHANGE)
  const find = (stateHash: string) => {
    const row = select.get(stateHash)
    return row ? toExchange(row) : null
  }
  const takeClaim = claim(db)
  const takeRecord = record(db)
  const lease = leases(db)
  const end = endings(db)

  return {
    claim: (exchange) => guarded(() => takeClaim(exchange)),
    reclaim: (stateHash, leaseUntil) =>
      guarded(() => (lease.again(stateHash, leaseUntil) ? find(stateHash) : null)),
    claimDue: (now, leaseUntil) =>
      guarded(() => {
        const stateHash = lease.nextDue(now, leaseUntil)
        return stateHash === null ? null : find(stateHash)
      }),
    record: (connected) => guarded(() => takeRecord(connected)),
    fail: (stateHash, failure) => guarded(() => end(stateHash, failure)),
    postpone: (stateHash, { dueAt, maybeAnswered }) =>
      guarded(() => {
        lease.release(stateHash, dueAt, maybeAnswered)
      }),
    find: (stateHash) => guarded(() => find(stateHash)),
  }
}

/** Who may send now: each claim is one statement, so that only one caller gets it. */
function leases(db: Database) {
  const again = db.prepare(`
    UPDATE exchanges SET status = 'pending', reason = NULL, in_flight = 1, tries = tries + 1, due_at = @leaseUntil
    WHERE state_hash = @stateHash AND status = 'failed' AND reason = 'wazzup_unavailable'
      AND state_sealed IS NOT NULL`)
  // A row that is due while in flight was left behind by a crash: it may have been answered.
  const nextDue = db.prepare<object, { state_hash: string }>(`
    UPDATE exchanges SET maybe_answered = max(maybe_answered, in_flight), in_flight = 1, tries = tries + 1,
      due_at = @leaseUntil
    WHERE status = 'pending' AND state_hash = (
      SELECT state_hash FROM exchanges WHERE status = 'pending' AND due_at <= @now ORDER BY due_at LIMIT 1)
    RETURNING state_hash`)
  const release = db.prepare(`
    UPDATE exchanges SET in_flight = 0, maybe_answered = max(maybe_answered, @maybe), due_at = @dueAt
    WHERE state_hash = @stateHash AND status = 'pending'`)
  return {
    again: (stateHash: string, leaseUntil: Date) =>
      again.run({ stateHash, leaseUntil: leaseUntil.getTime() }).changes === 1,
    nextDue: (now: Date, leaseUntil: Date) =>
      nextDue.get({ now: now.getTime(), leaseUntil: leaseUntil.getTime() })?.state_hash ?? null,
    release: (stateHash: string, dueAt: Date, maybeAnswered: boolean) =>
      release.run({ stateHash, dueAt: dueAt.getTime(), maybe: Number(maybeAnswered) }),
  }
}

function endings(db: Database) {
  // Nothing has happened at Wazzup: the person may send the same bytes again, so they are kept.
  const settle = db.prepare<object, { generation_id: string }>(`
    UPDATE exchanges SET status = 'failed', reason = @reason, in_flight = 0, due_at = @retryAt,
      state_sealed = iif(@reason = 'wazzup_unavailable', state_sealed, NULL)
    WHERE state_hash = @stateHash AND status = 'pending'
    RETURNING generation_id`)
  const abandon = abandonGeneration(db)
  const endKeys = endGeneration(db)
  return immediate(db, (stateHash: string, { reason, graceUntil, retryAt }: Failure) => {
    const row = settle.get({ stateHash, reason, retryAt: retryAt.getTime() })
    if (!row) return false
    if (reason === 'restart_needed') abandon(row.generation_id, graceUntil)
    else if (reason !== 'wazzup_unavailable') endKeys(row.generation_id)
    return true
  })
}
