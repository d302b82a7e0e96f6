import type { Database } from 'better-sqlite3'
import { toExchange, type ExchangeRow, WAZZUP_MAY_KNOW } from '../exchange-rows.ts'
import type { ExchangeStore, Failure } from '../port.ts'
import { claim } from './claim.ts'
import { guarded } from './guarded.ts'
import { SELECT_EXCHANGE } from './exchange-rows.ts'
import { abandonGeneration, endGeneration } from './generations.ts'
import { immediate } from './immediate.ts'
import { record } from './record.ts'
import { otherIsSending } from './sending.ts'

export function exchanges(db: Database): ExchangeStore {
  const select = db.prepare<[string], ExchangeRow>(SELECT_EXCHANGE)
  const find = (stateHash: string) => {
    const row = select.get(stateHash)
    return row ? toExchange(row) : null
  }
  const takeClaim = claim(db)
  const isBusy = otherIsSending(db)
  const takeRecord = record(db)
  const lease = leases(db)
  const end = endings(db)

  return {
    claim: (exchange) => guarded(db, () => takeClaim(exchange)),
    isBusy: (attemptId, now) => guarded(db, () => isBusy(attemptId, now)),
    reclaim: (stateHash, now, leaseUntil) =>
      guarded(db, () => (lease.again({ stateHash, now, leaseUntil }) ? find(stateHash) : null)),
    claimDue: (now, leaseUntil) =>
      guarded(db, () => {
        const stateHash = lease.nextDue(now, leaseUntil)
        return stateHash === null ? null : find(stateHash)
      }),
    record: (connected) => guarded(db, () => takeRecord(connected)),
    fail: (stateHash, failure) => guarded(db, () => end(stateHash, failure)),
    postpone: (stateHash, dueAt) =>
      guarded(db, () => {
        lease.release(stateHash, dueAt)
      }),
    find: (stateHash) => guarded(db, () => find(stateHash)),
  }
}

/** Who may send now: each claim is one statement, so that only one caller gets it. */
function leases(db: Database) {
  const again = db.prepare(`
    UPDATE exchanges SET status = 'pending', reason = NULL, in_flight = 1, tries = tries + 1, due_at = @leaseUntil
    WHERE state_hash = @stateHash AND status = 'failed' AND reason = 'wazzup_unavailable'
      AND state_sealed IS NOT NULL AND due_at <= @now`)
  // A row that is due while in flight was left behind by a crash: it may have been answered.
  const nextDue = db.prepare<object, { state_hash: string }>(`
    UPDATE exchanges SET maybe_answered = max(maybe_answered, in_flight), in_flight = 1, tries = tries + 1,
      due_at = @leaseUntil
    WHERE status = 'pending' AND state_hash = (
      SELECT state_hash FROM exchanges WHERE status = 'pending' AND due_at <= @now ORDER BY due_at LIMIT 1)
    RETURNING state_hash`)
  const release = db.prepare(`
    UPDATE exchanges SET in_flight = 0, maybe_answered = 1, due_at = @dueAt
    WHERE state_hash = @stateHash AND status = 'pending'`)
  // Readers never wait for a writer, so looking costs nothing while somebody else holds the database.
  const anyDue = db.prepare("SELECT 1 FROM exchanges WHERE status = 'pending' AND due_at <= @now LIMIT 1")
  return {
    again: ({ stateHash, now, leaseUntil }: { stateHash: string; now: Date; leaseUntil: Date }) =>
      again.run({ stateHash, now: now.getTime(), leaseUntil: leaseUntil.getTime() }).changes === 1,
    nextDue: (from: Date, leaseUntil: Date) => {
      const now = from.getTime()
      if (!anyDue.get({ now })) return null
      return nextDue.get({ now, leaseUntil: leaseUntil.getTime() })?.state_hash ?? null
    },
    release: immediate(db, (stateHash: string, dueAt: Date) => {
      release.run({ stateHash, dueAt: dueAt.getTime() })
    }),
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
    if (WAZZUP_MAY_KNOW.includes(reason)) abandon(row.generation_id, graceUntil)
    else if (reason !== 'wazzup_unavailable') endKeys(row.generation_id)
    return true
  })
}
