import {
  ASIDE_AFTER,
  toDelivery,
  DELIVERY_TRIED_FOR,
  type Delivery,
  type DeliveryPage,
  type DeliveryRow,
  type DeliveryStore,
  type Refused,
  type TakenDelivery,
} from '../delivery.ts'
import type { Lease } from '../lease.ts'
import { LEASES } from './lease.ts'
import { all, one, read, repeatable, run, single, sql, type Run, type Steps } from './operation.ts'
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

/** As long as a transaction has it, no event of the connection is written, and none ends. */
const HOLD = sql<object>('SELECT 1 FROM connections WHERE id = @connectionId {for update}')

const END = sql(`
  UPDATE deliveries SET status = @status, reason = @reason, body_sealed = CASE WHEN @status = 'failed' THEN body_sealed END,
    due_at = NULL, ${leave}, ended_at = {now}
  WHERE ${mine}`)

/** Of those that wait, the one that comes first. Nothing changes where that one is due already. */
const NEXT = sql(`
  UPDATE deliveries SET due_at = {now} WHERE due_at IS NULL AND id = (
    SELECT id FROM deliveries WHERE connection_id = @connectionId AND status = 'waiting' ORDER BY sequence LIMIT 1)
    AND NOT EXISTS (
      SELECT 1 FROM deliveries AS other WHERE other.connection_id = @connectionId AND other.due_at IS NOT NULL)`)

const POSTPONE = sql<{ refused_for: number; others_are_taken: number }>(`
  UPDATE deliveries SET ${leave}, due_at = {now} + @wait, reason = @reason, refused_since = coalesce(refused_since, {now})
  WHERE ${mine}
  RETURNING {now} - refused_since AS refused_for, CASE WHEN EXISTS (
    SELECT 1 FROM deliveries AS other WHERE other.ended_at > {now} - ${ASIDE_AFTER} AND other.status = 'delivered')
    THEN 1 ELSE 0 END AS others_are_taken`)

const STEP_ASIDE = sql(`
  UPDATE deliveries SET status = 'failed', due_at = NULL, ended_at = {now} WHERE id = @id AND status = 'waiting'`)

const END_PAUSES = sql('UPDATE deliveries SET due_at = {now} WHERE due_at > {now} AND runner IS NULL')

const anyDue = read(function* (values: Wanted): Steps<boolean> {
  return (yield* one(ANY_DUE, values)) !== undefined
})

type Wanted = Lease & { opens: readonly string[] }

const claimDue = repeatable(function* (wanted: Wanted): Steps<TakenDelivery | null> {
  const row = yield* one(CLAIM, wanted)
  if (!row) return null
  const { id, type, tries, connection_id, crm_account_id, created_at, body_sealed } = row
  const about = { id, type, tries, connectionId: connection_id, crmAccountId: crm_account_id }
  return { ...about, runner: wanted.runner, createdAt: new Date(created_at), body: () => body_sealed }
})

const fence = ({ id, runner }: TakenDelivery) => ({ row: id, runner })

function* endAndGoOn(connectionId: string, ending: Steps<number>): Steps<boolean> {
  yield* one(HOLD, { connectionId })
  if ((yield* ending) === 0) return false
  yield* run(NEXT, { connectionId })
  return true
}

/** What a power cut takes back is sent once more. */
const end = repeatable(function* (
  taken: TakenDelivery,
  how: Parameters<DeliveryStore['end']>[1],
): Steps<boolean> {
  return yield* endAndGoOn(taken.connectionId, run(END, { ...fence(taken), ...how }))
})

const refused = repeatable(function* (
  taken: TakenDelivery,
  { reason, wait }: Refused,
): Steps<'waits' | 'failed' | 'gone'> {
  yield* one(HOLD, taken)
  const row = yield* one(POSTPONE, { ...fence(taken), reason, wait })
  if (!row) return 'gone'
  const patience = row.others_are_taken === 1 ? ASIDE_AFTER : DELIVERY_TRIED_FOR
  if (row.refused_for < patience) return 'waits'
  yield* run(STEP_ASIDE, { id: taken.id })
  yield* run(NEXT, taken)
  return 'failed'
})

const endPauses = single(function* (): Steps<number> {
  return yield* run(END_PAUSES)
})

const COLUMNS = `number, deliveries.id, connection_id, crm_account_id, sequence, type, deliveries.status, created_at, tries,
    deliveries.reason, due_at, ended_at`

const page = (...conditions: string[]) =>
  sql<DeliveryRow>(`
    SELECT ${COLUMNS} FROM deliveries JOIN connections ON connections.id = connection_id
    WHERE ${['number > @after', ...conditions].join(' AND ')} ORDER BY number LIMIT @limit`)

const OF_ACCOUNT = 'crm_account_id = @crmAccountId'
const OF_STATUS = 'deliveries.status = @status'
const PAGES = {
  all: page(),
  account: page(OF_ACCOUNT),
  status: page(OF_STATUS),
  both: page(OF_ACCOUNT, OF_STATUS),
}

const list = read(function* ({ crmAccountId, status, ...bounds }: DeliveryPage): Steps<Delivery[]> {
  const some = status === null ? ('account' as const) : ('both' as const)
  const statement = crmAccountId === null ? PAGES[status === null ? 'all' : 'status'] : PAGES[some]
  return (yield* all(statement, { ...bounds, crmAccountId, status })).map(toDelivery)
})

const FIND = sql<DeliveryRow & { body_sealed: string | null }>(`
  SELECT ${COLUMNS}, body_sealed FROM deliveries JOIN connections ON connections.id = connection_id
  WHERE deliveries.id = @id`)

const find = read(function* (id: string): Steps<Awaited<ReturnType<DeliveryStore['find']>>> {
  const row = yield* one(FIND, { id })
  return row ? { ...toDelivery(row), body: () => row.body_sealed } : null
})

const OWNER = sql<{ connectionId: string }>(
  'SELECT connection_id AS "connectionId" FROM deliveries WHERE id = @id',
)

/** One that is being sent this moment is left alone. */
const RETRY = sql(`
  UPDATE deliveries SET status = 'waiting', ended_at = NULL, refused_since = NULL,
    due_at = CASE WHEN due_at IS NULL THEN NULL WHEN runner IS NULL THEN {now} ELSE due_at END
  WHERE id = @id AND status IN ('waiting', 'failed')`)

const DROP = sql(`
  UPDATE deliveries SET status = 'dropped', reason = 'by_operator', body_sealed = NULL, due_at = NULL, ${leave}, ended_at = {now}
  WHERE id = @id AND status IN ('waiting', 'failed')`)

const onRequest = (statement: typeof RETRY) =>
  repeatable(function* (id: string): Steps<boolean> {
    const owner = yield* one(OWNER, { id })
    return owner ? yield* endAndGoOn(owner.connectionId, run(statement, { id })) : false
  })
const retry = onRequest(RETRY)
const drop = onRequest(DROP)

const COUNTS = sql<{ status: string; n: number; oldest: number }>(`
  SELECT status, count(*) AS n, {now} - min(created_at) AS oldest FROM deliveries
  WHERE status IN ('waiting', 'failed') GROUP BY status`)

const counts = read(function* (): Steps<Awaited<ReturnType<DeliveryStore['counts']>>> {
  const rows = yield* all(COUNTS)
  const of = (wanted: string) => rows.find(({ status }) => status === wanted)
  return {
    waiting: of('waiting')?.n ?? 0,
    failed: of('failed')?.n ?? 0,
    oldest: Math.max(0, of('waiting')?.oldest ?? 0),
  }
})

export const deliveries = (run: Run): DeliveryStore => ({
  async claimDue(wanted) {
    const values = { opens: ALL_VALUES, ...wanted }
    // Most of the time there is none: looking waits for nobody.
    return (await run(anyDue, values)) ? run(claimDue, values) : null
  },
  end: (taken, how) => run(end, taken, how),
  refused: (taken, how) => run(refused, taken, how),
  endPauses: () => run(endPauses),
  list: (wanted) => run(list, wanted),
  find: (id) => run(find, id),
  retry: (id) => run(retry, id),
  drop: (id) => run(drop, id),
  counts: () => run(counts),
})
