import type { Database } from 'better-sqlite3'
import type { ExchangeStore, Failure, FailureReason, Lease, Postponement } from '../port.ts'
import { claim } from './claim.ts'
import { guarded } from './guarded.ts'
import { SELECT_EXCHANGE, toExchange, type ExchangeRow } from './exchange-rows.ts'
import { abandonGeneration, endGeneration } from './generations.ts'
import { immediate } from './immediate.ts'
import { record } from './record.ts'
import { otherIsSending } from './sending.ts'
import { endSuperseded } from './superseded.ts'

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
    claimDue: (moment) =>
      guarded(db, () => {
        const stateHash = lease.nextDue(moment)
        return stateHash === null ? null : find(stateHash)
      }),
    record: (connected) => guarded(db, () => takeRecord(connected)),
    fail: (stateHash, failure) => guarded(db, () => end(stateHash, failure)),
    postpone: (stateHash, postponement) =>
      guarded(db, () => {
        lease.release(stateHash, postponement)
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
      SELECT state_hash FROM exchanges AS due
      WHERE status = 'pending' AND due_at <= @now AND NOT EXISTS (
        SELECT 1 FROM exchanges AS sending
        WHERE sending.crm_account_id = due.crm_account_id AND sending.state_sealed IS NOT NULL
          AND sending.status = 'pending' AND sending.in_flight = 1 AND sending.due_at > @now)
      ORDER BY due_at LIMIT 1)
    RETURNING state_hash`)
  const release = db.prepare(`
    UPDATE exchanges SET in_flight = 0, maybe_answered = max(maybe_answered, @maybeAnswered), due_at = @dueAt
    WHERE state_hash = @stateHash AND status = 'pending'`)
  // Readers never wait for a writer, so looking costs nothing while somebody else holds the database.
  const anyDue = db.prepare("SELECT 1 FROM exchanges WHERE status = 'pending' AND due_at <= @now LIMIT 1")
  const endOlder = endSuperseded(db)
  const takeDue = immediate(db, (moment: Lease) => {
    endOlder(moment)
    const { now, leaseUntil } = moment
    return nextDue.get({ now: now.getTime(), leaseUntil: leaseUntil.getTime() })?.state_hash ?? null
  })
  return {
    again: ({ stateHash, now, leaseUntil }: { stateHash: string; now: Date; leaseUntil: Date }) =>
      again.run({ stateHash, now: now.getTime(), leaseUntil: leaseUntil.getTime() }).changes === 1,
    nextDue: (moment: Lease) => (anyDue.get({ now: moment.now.getTime() }) ? takeDue(moment) : null),
    release: immediate(db, (stateHash: string, postponement: Postponement) => {
      const { dueAt, maybeAnswered } = postponement
      release.run({ stateHash, dueAt: dueAt.getTime(), maybeAnswered: Number(maybeAnswered) })
      endOlder(postponement)
    }),
  }
}

/** After these, Wazzup may hold our crmKey and send webhooks with it. */
const WAZZUP_MAY_KNOW: readonly FailureReason[] = ['restart_needed', 'bad_answer']

function endings(db: Database) {
  // Nothing has happened at Wazzup: the person may send the same bytes again, so they are kept.
  const settle = db.prepare<object, { generation_id: string }>(`
    UPDATE exchanges SET status = 'failed', reason = @reason, in_flight = 0, due_at = @retryAt,
      state_sealed = iif(@reason = 'wazzup_unavailable', state_sealed, NULL)
    WHERE state_hash = @stateHash AND status = 'pending'
    RETURNING generation_id`)
  const abandon = abandonGeneration(db)
  const endKeys = endGeneration(db)
  const endOlder = endSuperseded(db)
  return immediate(db, (stateHash: string, failure: Failure) => {
    const { reason, graceUntil, retryAt } = failure
    const row = settle.get({ stateHash, reason, retryAt: retryAt.getTime() })
    if (!row) return false
    if (reason === 'wazzup_unavailable') endOlder(failure)
    else if (WAZZUP_MAY_KNOW.includes(reason)) abandon(row.generation_id, graceUntil)
    else endKeys(row.generation_id)
    return true
  })
}
