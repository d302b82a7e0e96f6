import { deliveryDesk } from './delivery-desk.ts'
import {
  ASIDE_AFTER,
  DELIVERY_TRIED_FOR,
  type DeliveryStore,
  type Refused,
  type TakenDelivery,
} from '../delivery.ts'
import type { Lease } from '../lease.ts'
import { LEASES } from './lease.ts'
import { one, read, repeatable, run, single, sql, type Run, type Steps } from './operation.ts'
import { endAndGoOn, goOn, holdEvents } from './delivery-queue.ts'
import { ALL_VALUES, opens } from './readable.ts'

const { take, leave, mine } = LEASES.delivery

const DUE = `due_at <= {now} AND ${opens('body_sealed')}`

const ANY_DUE = sql<object>(`SELECT 1 FROM deliveries WHERE ${DUE} LIMIT 1`)

interface TakenRow {
  id: string
  connection_id: string
  crm_account_id: string
  type: string
  tries: number
  created_at: number
  body_sealed: string
}

/** Claiming is one statement, so that of several replicas one has it. */
const CLAIM = sql<TakenRow>(`
  UPDATE deliveries SET ${take}, tries = tries + 1
  WHERE id = (SELECT id FROM deliveries WHERE ${DUE} ORDER BY due_at LIMIT 1 {skip locked})
  RETURNING id, connection_id, type, tries, created_at, body_sealed,
    (SELECT crm_account_id FROM connections WHERE connections.id = connection_id) AS crm_account_id`)

const END = sql(`
  UPDATE deliveries SET status = @status, reason = @reason, body_sealed = CASE WHEN @status = 'failed' THEN body_sealed END,
    due_at = NULL, ${leave}, ended_at = {now}
  WHERE ${mine}`)

const POSTPONE = sql<{ refused_for: number }>(`
  UPDATE deliveries SET ${leave}, due_at = {now} + @wait, reason = @reason, refused_since = coalesce(refused_since, {now})
  WHERE ${mine}
  RETURNING {now} - refused_since AS refused_for`)

/** `waited`: one of another connection was taken that had been refused as long. */
const LATELY_TAKEN = sql<{ taken: number | null; waited: number | null }>(`
  SELECT max(1) AS taken, max(CASE WHEN refused_since <= ended_at - ${ASIDE_AFTER} AND connection_id <> @connectionId THEN 1 ELSE 0 END)
    AS waited
  FROM deliveries WHERE status = 'delivered' AND ended_at > {now} - ${ASIDE_AFTER}`)

const STEP_ASIDE = sql(`
  UPDATE deliveries SET status = 'failed', due_at = NULL, ended_at = {now} WHERE id = @id AND status = 'waiting'`)

const END_PAUSES = sql('UPDATE deliveries SET due_at = {now} WHERE due_at > {now} AND runner IS NULL')

const anyDue = read(function* (values: Wanted): Steps<boolean> {
  return (yield* one(ANY_DUE, values)) !== undefined
})

type Wanted = Lease & { opens: readonly string[] }

const claimDelivery = repeatable(function* (wanted: Wanted): Steps<TakenDelivery | null> {
  const row = yield* one(CLAIM, wanted)
  if (!row) return null
  const { id, type, tries, connection_id, crm_account_id, created_at, body_sealed } = row
  const about = { id, type, tries, connectionId: connection_id, crmAccountId: crm_account_id }
  return { ...about, runner: wanted.runner, createdAt: new Date(created_at), body: () => body_sealed }
})

const fence = ({ id, runner }: TakenDelivery) => ({ row: id, runner })

/** What a power cut takes back is sent once more. */
const endDelivery = repeatable(function* (
  taken: TakenDelivery,
  how: Parameters<DeliveryStore['end']>[1],
): Steps<boolean> {
  return yield* endAndGoOn(taken.connectionId, run(END, { ...fence(taken), ...how }))
})

const refuseDelivery = repeatable(function* (
  taken: TakenDelivery,
  { reason, wait }: Refused,
): Steps<'waits' | 'failed' | 'gone'> {
  yield* holdEvents(taken.connectionId)
  const row = yield* one(POSTPONE, { ...fence(taken), reason, wait })
  if (!row) return 'gone'
  const stays = row.refused_for < DELIVERY_TRIED_FOR && !(yield* isTheTrouble(taken, row.refused_for))
  if (stays) return 'waits'
  yield* run(STEP_ASIDE, { id: taken.id })
  yield* goOn(taken.connectionId)
  return 'failed'
})

/**
 * Whether the receiver takes others and has refused this one long enough. Where it takes some that it has refused as long, it
 * was away, or has more to do than it can: that says nothing of this one.
 */
function* isTheTrouble({ connectionId }: TakenDelivery, refusedFor: number): Steps<boolean> {
  if (refusedFor < ASIDE_AFTER) return false
  const lately = yield* one(LATELY_TAKEN, { connectionId })
  return lately?.taken === 1 && lately.waited === 0
}

const endPauses = single(function* (): Steps<number> {
  return yield* run(END_PAUSES)
})

export function deliveries(run: Run): DeliveryStore {
  /** One was due the last time: then the next one mostly is, too. */
  let busy = false
  return {
    ...deliveryDesk(run),
    async claimDue(wanted) {
      const values = { opens: ALL_VALUES, ...wanted }
      // Most of the time there is none: looking waits for nobody.
      const taken = busy || (await run(anyDue, values)) ? await run(claimDelivery, values) : null
      busy = taken !== null
      return taken
    },
    end: (taken, how) => run(endDelivery, taken, how),
    refused: (taken, how) => run(refuseDelivery, taken, how),
    endPauses: () => run(endPauses),
  }
}
