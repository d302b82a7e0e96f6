import { batchInTurn } from '../batch-per-tick.ts'
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
import { all, one, read, repeatable, run, single, sql, type Run, type Steps } from './operation.ts'
import { goOn, holdEach, holdEvents } from './delivery-queue.ts'
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

/** Claiming is one statement, so that of several replicas one has each. Where a limit is a bare parameter, SQLite makes a plan at each call. */
const CLAIM = sql<TakenRow>(`
  WITH due AS MATERIALIZED (SELECT number FROM deliveries WHERE ${DUE} ORDER BY due_at LIMIT CAST(@most AS bigint) {skip locked})
  UPDATE deliveries SET ${take}, tries = tries + 1 WHERE number IN (SELECT number FROM due)
  RETURNING id, connection_id, type, tries, created_at, body_sealed,
    (SELECT crm_account_id FROM connections WHERE connections.id = connection_id) AS crm_account_id`)

const END = sql<{ id: string }>(`
  UPDATE deliveries SET status = @status, reason = @reason, body_sealed = CASE WHEN @status = 'failed' THEN body_sealed END,
    due_at = NULL, ${leave}, ended_at = {now}
  WHERE id IN {each ids} AND id || ' ' || runner IN {each claims}
  RETURNING id`)

const POSTPONE = sql<{ refused_for: number }>(`
  UPDATE deliveries SET ${leave}, due_at = {now} + @wait, reason = @reason, refused_since = coalesce(refused_since, {now})
  WHERE ${mine}
  RETURNING {now} - refused_since AS refused_for`)

const LATELY = `status = 'delivered' AND ended_at > {now} - ${ASIDE_AFTER}`

/** `waited`: one of another connection was taken that had been refused as long. */
const LATELY_TAKEN = sql<{ taken: number; waited: number }>(`
  SELECT CASE WHEN EXISTS (SELECT 1 FROM deliveries WHERE ${LATELY}) THEN 1 ELSE 0 END AS taken,
    CASE WHEN EXISTS (
      SELECT 1 FROM deliveries {index deliveries_taken_late}
      WHERE ${LATELY} AND refused_since IS NOT NULL AND refused_since <= ended_at - ${ASIDE_AFTER}
        AND connection_id <> @connectionId) THEN 1 ELSE 0 END AS waited`)

const STEP_ASIDE = sql(`
  UPDATE deliveries SET status = 'failed', due_at = NULL, ended_at = {now} WHERE id = @id AND status = 'waiting'`)

const END_PAUSES = sql('UPDATE deliveries SET due_at = {now} WHERE due_at > {now} AND runner IS NULL')

const anyDue = read(function* (values: Wanted): Steps<boolean> {
  return (yield* one(ANY_DUE, values)) !== undefined
})

/** By whose terms those are taken that are wanted at the same time. */
type Wanted = Lease & { opens: readonly string[] }
type Claims = Wanted & { most: number }

const claimDeliveries = repeatable(function* (claims: Claims): Steps<TakenDelivery[]> {
  return yield* takeDue(claims)
})

function* takeDue(claims: Claims): Steps<TakenDelivery[]> {
  return (yield* all(CLAIM, claims)).map(
    ({ id, type, tries, connection_id, crm_account_id, created_at, body_sealed }) => ({
      ...{ id, type, tries, connectionId: connection_id, crmAccountId: crm_account_id },
      ...{ runner: claims.runner, createdAt: new Date(created_at), body: () => body_sealed },
    }),
  )
}

const fence = ({ id, runner }: TakenDelivery) => ({ row: id, runner })

/** How one that was taken is over. */
type Ending = Pick<TakenDelivery, 'id' | 'runner' | 'connectionId'> & Parameters<DeliveryStore['end']>[1]

interface Together {
  /** Also those end whose connection somebody else has this moment; without, it is left open whether they have. */
  wait: boolean
  /** Those that are wanted at the same time, which may be due by what has ended. */
  claims: Claims | null
}

/** Ends several, and takes others, in one commit. What a power cut takes back is sent once more. */
const endDeliveries = repeatable(function* (
  endings: readonly Ending[],
  { wait, claims }: Together,
): Steps<{ ended: (boolean | undefined)[]; taken: TakenDelivery[] }> {
  const connections = endings.map(({ connectionId }) => connectionId)
  const held = yield* holdEach(connections, wait)
  const own = endings.filter(({ connectionId }) => held.has(connectionId))
  const over = new Set<string>()
  for (const alike of Map.groupBy(own, ({ status, reason }) => `${status} ${reason}`).values())
    for (const id of yield* endAlike(alike)) over.add(id)
  yield* goOn(own.filter(({ id }) => over.has(id)).map(({ connectionId }) => connectionId))
  const ended = endings.map(({ id, connectionId }) => (held.has(connectionId) ? over.has(id) : undefined))
  return { ended, taken: claims ? yield* takeDue(claims) : [] }
})

/** Ends in the same way those that are still held by who has taken them. */
function* endAlike(endings: readonly Ending[]): Steps<string[]> {
  const [ids, claims] = [endings.map(({ id }) => id), endings.map(({ id, runner }) => `${id} ${runner}`)]
  const rows = yield* all(END, { ids, claims, status: endings[0]?.status, reason: endings[0]?.reason })
  return rows.map(({ id }) => id)
}

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
  yield* goOn([taken.connectionId])
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

/** What a sender asks for, and what it gets. */
type Asked = { ending: Ending; wanted?: never } | { wanted: Wanted; ending?: never }
interface Answer {
  ended?: boolean
  taken?: TakenDelivery | null
}

export function deliveries(run: Run): DeliveryStore {
  /** As many were due the last time as were wanted: then more mostly are. */
  let busy = false

  async function claim(claims: Claims): Promise<TakenDelivery[]> {
    // Most of the time there is none: looking waits for nobody.
    return busy || (await run(anyDue, claims)) ? run(claimDeliveries, claims) : []
  }

  const byItself = async (ending: Ending) =>
    (await run(endDeliveries, [ending], { wait: true, claims: null })).ended[0] === true

  const ask = batchInTurn<Asked, Answer>(async (all) => {
    const endings = all.flatMap(({ ending }) => ending ?? [])
    const wanted = all.flatMap(({ wanted }) => wanted ?? [])
    const claims = wanted[0] ? { ...wanted[0], most: wanted.length } : null
    // What is wrong with one of them is not wrong with the others; what is wrong with the database each is told.
    const shared =
      endings.length > 0 ? await run(endDeliveries, endings, { wait: false, claims }).catch(() => null) : null
    const claimed = claims && (shared ? Promise.resolve(shared.taken) : claim(claims))
    await claimed?.then(({ length }) => (busy = length === wanted.length)).catch(() => null)
    let [nextEnding, nextClaim] = [0, 0]
    return all.map(async ({ ending }) => {
      if (ending) return { ended: shared?.ended[nextEnding++] ?? (await byItself(ending)) }
      const place = nextClaim++
      return { taken: (await claimed)?.[place] ?? null }
    })
  })
  return {
    ...deliveryDesk(run),
    claimDue: async (wanted) => (await ask({ wanted: { opens: ALL_VALUES, ...wanted } })).taken ?? null,
    end: async ({ id, runner, connectionId }, how) =>
      (await ask({ ending: { id, runner, connectionId, ...how } })).ended === true,
    refused: (taken, how) => run(refuseDelivery, taken, how),
    endPauses: () => run(endPauses),
  }
}
