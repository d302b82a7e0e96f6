import type { Database } from 'better-sqlite3'
import {
  dueValues,
  readable,
  toClaimedExchange,
  toExchange,
  type ExchangeRow,
  WAZZUP_MAY_KNOW,
} from '../exchange-rows.ts'
import type { Due, ExchangeStore, Failure } from '../port.ts'
import { claim } from './claim.ts'
import { guarded } from './guarded.ts'
import { SELECT_EXCHANGE } from './exchange-rows.ts'
import { abandonGeneration, endGeneration } from './generations.ts'
import { immediate } from './immediate.ts'
import { record } from './record.ts'
import { otherIsSending } from './sending.ts'

export function exchanges(db: Database): ExchangeStore {
  const select = db.prepare<[string], ExchangeRow>(SELECT_EXCHANGE)
  const find = <T>(stateHash: string, read: (row: ExchangeRow) => T) => {
    const row = select.get(stateHash)
    return row ? read(row) : null
  }
  const takeClaim = claim(db)
  const isBusy = otherIsSending(db)
  const takeRecord = record(db)
  const lease = leases(db)
  const end = endings(db)

  return {
    claim: (exchange) => guarded(db, () => takeClaim(exchange)),
    isBusy: (attemptId, now) => guarded(db, () => isBusy(attemptId, now)),
    reclaim: (stateHash, due) =>
      guarded(db, () => (lease.again(stateHash, due) ? find(stateHash, toClaimedExchange) : null)),
    claimDue: (due) =>
      guarded(db, () => {
        const stateHash = lease.nextDue(due)
        return stateHash === null ? null : find(stateHash, toClaimedExchange)
      }),
    record: (connected) => guarded(db, () => takeRecord(connected)),
    fail: (stateHash, failure) => guarded(db, () => end(stateHash, failure)),
    postpone: (stateHash, dueAt) =>
      guarded(db, () => {
        lease.release(stateHash, dueAt)
      }),
    find: (stateHash) => guarded(db, () => find(stateHash, toExchange)),
  }
}

/** Who may send now: each claim is one statement, so that only one caller gets it. */
function leases(db: Database) {
  const readableHere = readable('json_each(@opens) AS prefix')
  const valuesOf = (due: Due) => ({ ...dueValues(due), opens: JSON.stringify(dueValues(due).opens) })
  const again = db.prepare(`
    UPDATE exchanges SET status = 'pending', reason = NULL, in_flight = 1, tries = tries + 1, due_at = @leaseUntil
    WHERE state_hash = @stateHash AND status = 'failed' AND reason = 'wazzup_unavailable'
      AND state_sealed IS NOT NULL AND due_at <= @now AND ${readableHere}`)
  const due = `status = 'pending' AND due_at <= @now AND ${readableHere}`
  // A row that is due while in flight was left behind by a crash: it may have been answered.
  const nextDue = db.prepare<object, { state_hash: string }>(`
    UPDATE exchanges SET maybe_answered = max(maybe_answered, in_flight), in_flight = 1, tries = tries + 1,
      due_at = @leaseUntil
    WHERE status = 'pending' AND state_hash = (
      SELECT state_hash FROM exchanges WHERE ${due} ORDER BY due_at LIMIT 1)
    RETURNING state_hash`)
  const release = db.prepare(`
    UPDATE exchanges SET in_flight = 0, maybe_answered = 1, due_at = @dueAt
    WHERE state_hash = @stateHash AND status = 'pending'`)
  // Readers never wait for a writer, so looking costs nothing while somebody else holds the database.
  const anyDue = db.prepare(`SELECT 1 FROM exchanges WHERE ${due} LIMIT 1`)
  return {
    again: (stateHash: string, due: Due) => again.run({ stateHash, ...valuesOf(due) }).changes === 1,
    nextDue: (due: Due) => {
      const values = valuesOf(due)
      return anyDue.get(values) ? (nextDue.get(values)?.state_hash ?? null) : null
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
