import {
  toDelivery,
  type Delivery,
  type DeliveryPage,
  type DeliveryRow,
  type DeliveryStore,
} from '../delivery.ts'
import { goOn, holdEvents } from './delivery-queue.ts'
import { LEASES } from './lease.ts'
import { all, one, read, repeatable, run, sql, type Run, type Steps } from './operation.ts'

const COLUMNS = `number, deliveries.id, connection_id, crm_account_id, sequence, type, deliveries.status, created_at, tries,
    deliveries.reason, due_at, ended_at`

const page = (...conditions: string[]) =>
  sql<DeliveryRow>(`
    SELECT ${COLUMNS} FROM deliveries JOIN connections ON connections.id = connection_id
    WHERE ${['number > @after', ...conditions].join(' AND ')} ORDER BY number LIMIT @limit`)

const OF_ACCOUNT = 'crm_account_id = @crmAccountId'
const OF_STATUS = 'deliveries.status = @status'
/** The few among the many that were delivered: an index has them. */
const NOT_DELIVERED = "deliveries.status IN ('waiting', 'failed', 'dropped')"
/** By the account, and the status, that are asked for. */
const PAGES = {
  'any any': page(),
  'any delivered': page(OF_STATUS),
  'any other': page(NOT_DELIVERED, OF_STATUS),
  'one any': page(OF_ACCOUNT),
  'one delivered': page(OF_ACCOUNT, OF_STATUS),
  'one other': page(OF_ACCOUNT, OF_STATUS),
}

const list = read(function* ({ crmAccountId, status, ...bounds }: DeliveryPage): Steps<Delivery[]> {
  const which = status === null ? 'any' : status === 'delivered' ? status : 'other'
  const statement = PAGES[`${crmAccountId === null ? 'any' : 'one'} ${which}`]
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

/** One that is being sent this moment is left alone. One that had stepped aside is due where no other of its connection waits. */
const RETRY = sql(`
  UPDATE deliveries SET status = 'waiting', ended_at = NULL, refused_since = NULL,
    due_at = CASE
      WHEN status = 'failed' AND NOT EXISTS (
        SELECT 1 FROM deliveries AS other WHERE other.connection_id = deliveries.connection_id AND other.status = 'waiting') THEN {now}
      WHEN due_at IS NOT NULL AND runner IS NULL THEN {now}
      ELSE due_at END
  WHERE id = @id AND status IN ('waiting', 'failed')`)

const retry = repeatable(function* (id: string): Steps<boolean> {
  const owner = yield* one(OWNER, { id })
  if (!owner) return false
  yield* holdEvents(owner.connectionId)
  return (yield* run(RETRY, { id })) > 0
})

const IS_DUE = sql<object>('SELECT 1 FROM deliveries WHERE id = @id AND due_at IS NOT NULL')

const DROP = sql(`
  UPDATE deliveries SET status = 'dropped', reason = 'by_operator', body_sealed = NULL, due_at = NULL, ${LEASES.delivery.leave}, ended_at = {now}
  WHERE id = @id AND status IN ('waiting', 'failed')`)

const drop = repeatable(function* (id: string): Steps<boolean> {
  const owner = yield* one(OWNER, { id })
  if (!owner) return false
  yield* holdEvents(owner.connectionId)
  const wasDue = yield* one(IS_DUE, { id })
  if ((yield* run(DROP, { id })) === 0) return false
  // Others wait for the one that is due, and for no other.
  if (wasDue) yield* goOn([owner.connectionId])
  return true
})

const COUNTS = sql<{ status: string; n: number; oldest: number }>(`
  SELECT counted.status, n, {now} - created_at AS oldest
  FROM (
    SELECT deliveries.status, count(*) AS n, min(number) AS first FROM deliveries
    WHERE ${NOT_DELIVERED} AND deliveries.status <> 'dropped' GROUP BY deliveries.status
  ) AS counted JOIN deliveries ON number = first`)

const counts = read(function* (): Steps<Awaited<ReturnType<DeliveryStore['counts']>>> {
  const rows = yield* all(COUNTS)
  const of = (wanted: string) => rows.find(({ status }) => status === wanted)
  return {
    waiting: of('waiting')?.n ?? 0,
    failed: of('failed')?.n ?? 0,
    oldest: Math.max(0, of('waiting')?.oldest ?? 0),
  }
})

/** What people see of deliveries, and do with them. */
export const deliveryDesk = (
  run: Run,
): Pick<DeliveryStore, 'list' | 'find' | 'retry' | 'drop' | 'counts'> => ({
  list: (wanted) => run(list, wanted),
  find: (id) => run(find, id),
  retry: (id) => run(retry, id),
  drop: (id) => run(drop, id),
  counts: () => run(counts),
})
