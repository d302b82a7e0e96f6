import {
  BRINGS_DATA,
  MOST_WAITING,
  placeOfChange,
  stageAt,
  type Accepted,
  type ChangeStore,
  type ChangesStanding,
  type NewChange,
} from '../change.ts'
import { changeRuns, EVERY_STAGE, USABLE } from './change-runs.ts'
import { accountLock } from './locks.ts'
import { all, alone, one, read, sql, type Run, type Steps } from './operation.ts'

interface Owner {
  connection_id: string
  status: string
  generation_id: string
  waiting: number
}

const OWNER = sql<Owner>(`
  SELECT connections.id AS connection_id, connections.status, generations.id AS generation_id,
    coalesce(change_queues.waiting, 0) AS waiting
  FROM connections LEFT JOIN generations ON generations.connection_id = connections.id AND generations.status = 'current'
  LEFT JOIN change_queues ON change_queues.connection_id = connections.id
  WHERE crm_account_id = @crmAccountId AND connections.status <> 'new'`)

const THERE = sql<{ there: number }>(`
  SELECT count(*) AS there FROM {rows changes kind text, row_id text}
  JOIN row_changes ON row_changes.kind = given.kind AND row_changes.row_id = given.row_id AND connection_id = @connection_id`)

const COUNT_ON = sql<{ sequence: number; round: number }>(`
  INSERT INTO change_queues (connection_id, generation_id, sequence, round, waiting, sent, rejected, dropped, tries, due_at)
  VALUES (@connection_id, @generation_id, @n, 0, 0, 0, 0, 0, 0, {now})
  ON CONFLICT (connection_id) DO UPDATE SET generation_id = excluded.generation_id,
    sequence = change_queues.sequence + excluded.sequence, due_at = coalesce(change_queues.due_at, excluded.due_at)
  RETURNING sequence, round`)

/** It keeps the place of the one that it replaces: others that wait behind that may refer to it. */
const PUT = sql<{ number: number; version: number }>(`
  INSERT INTO row_changes (id, connection_id, kind, row_id, stage, number, version, row_sealed, accepted_at)
  SELECT id, @connection_id, kind, row_id, stage, CAST(@before AS bigint) + place, CAST(@before AS bigint) + place,
    row_sealed, {now}
  FROM {rows changes id text, kind text, row_id text, stage bigint, place bigint, row_sealed text} WHERE true
  ON CONFLICT (connection_id, kind, row_id) DO UPDATE SET id = excluded.id, stage = excluded.stage,
    version = excluded.version, row_sealed = excluded.row_sealed
  RETURNING number, version`)

/** What a change refers to was accepted before it, so one that is new in a round takes all of that along. */
const BOOK = sql<{ waiting: number }>(`
  UPDATE change_queues SET waiting = waiting + @more, round = CASE WHEN @widens = 1 THEN sequence ELSE round END
  WHERE connection_id = @connection_id RETURNING waiting`)

const accept = alone(
  (crmAccountId) => accountLock({ crmAccountId }),
  function* (crmAccountId: string, given: readonly NewChange[]): Steps<Accepted> {
    const owner = yield* one(OWNER, { crmAccountId })
    if (!owner) return { kind: 'unknown' }
    if (owner.status !== 'connected') return { kind: 'not_connected' }
    const changes = JSON.stringify(given.map(toRow))
    const more = given.length
    if (owner.waiting + more > MOST_WAITING) {
      const there = (yield* one(THERE, { ...owner, changes }))?.there ?? 0
      if (owner.waiting + more - there > MOST_WAITING) return { kind: 'full' }
    }
    const queue = yield* one(COUNT_ON, { ...owner, n: more })
    const { sequence, round } = queue ?? { sequence: more, round: 0 }
    const put = yield* all(PUT, { ...owner, changes, before: sequence - more })
    const replaced = put.filter(({ number, version }) => number < version)
    const widens = replaced.some(({ number }) => number <= round)
    const booked = yield* one(BOOK, { ...owner, more: more - replaced.length, widens })
    return { kind: 'accepted', waiting: booked?.waiting ?? 0 }
  },
)

const toRow = (change: NewChange, index: number) => ({
  ...{ id: change.id, kind: change.kind, row_id: change.rowId, row_sealed: change.row },
  ...{ stage: placeOfChange(change), place: index + 1 },
})

/** For how long the oldest of a queue has waited: it is the first of its stage. */
const OLDEST = `(SELECT {now} - min(accepted_at) FROM (${EVERY_STAGE}) AS stages JOIN row_changes
    ON row_changes.connection_id = change_queues.connection_id AND stage = place AND number = (
      SELECT min(number) FROM row_changes AS one WHERE one.connection_id = change_queues.connection_id AND one.stage = place))`

interface StandingRow {
  status: string
  waiting: number | null
  oldest: number | null
  sent: number
  rejected: number
  dropped: number
  reason: string | null
  uploads: number
}

const STANDING = sql<StandingRow>(`
  SELECT connections.status, waiting, ${OLDEST} AS oldest, coalesce(sent, 0) AS sent, coalesce(rejected, 0) AS rejected,
    coalesce(dropped, 0) AS dropped, change_queues.reason,
    CASE WHEN EXISTS (SELECT 1 FROM uploads JOIN generations ON generations.id = uploads.generation_id
      WHERE generations.connection_id = connections.id AND generations.status = 'current' AND ${BRINGS_DATA})
      THEN 1 ELSE 0 END AS uploads
  FROM connections LEFT JOIN change_queues ON change_queues.connection_id = connections.id
  WHERE crm_account_id = @crmAccountId AND connections.status <> 'new'`)

const find = read(function* (crmAccountId: string): Steps<ChangesStanding | null> {
  const row = yield* one(STANDING, { crmAccountId })
  if (!row) return null
  const { sent, rejected, dropped } = row
  const waiting = row.waiting ?? 0
  const oldest = waiting > 0 && row.oldest !== null ? Math.max(0, row.oldest) : null
  return { waiting, oldest, sent, rejected, dropped, waitsFor: waiting > 0 ? reasonOf(row) : null }
})

function reasonOf({ status, uploads, reason }: StandingRow): string | null {
  if (status === 'invalid') return 'key_refused'
  return uploads === 1 ? 'upload' : reason
}

interface RejectRow {
  id: number
  stage: number
  row_id: string
  reason: string
  rejected_at: number
}

const REJECTS = sql<RejectRow>(`
  SELECT change_rejects.id, stage, row_id, reason, rejected_at FROM change_rejects
  JOIN connections ON connections.id = connection_id
  WHERE crm_account_id = @crmAccountId AND change_rejects.id > @after ORDER BY change_rejects.id LIMIT @limit`)

const rejects = read(function* (crmAccountId: string, page: { after: number; limit: number }) {
  const rows = yield* all(REJECTS, { crmAccountId, ...page })
  return rows.map(({ id, stage, row_id, reason, rejected_at }) => ({
    ...{ number: id, ...stageAt(stage), rowId: row_id, reason, at: new Date(rejected_at) },
  }))
})

const COUNTS = sql<{ waiting: number | null; oldest: number | null }>(`
  SELECT CAST(sum(waiting) AS bigint) AS waiting, max(CASE WHEN ${USABLE} THEN ${OLDEST} END) AS oldest
  FROM change_queues WHERE due_at IS NOT NULL`)

const counts = read(function* (): Steps<{ waiting: number; oldest: number }> {
  const row = yield* one(COUNTS)
  return { waiting: row?.waiting ?? 0, oldest: Math.max(0, row?.oldest ?? 0) }
})

export const changes = (run: Run): ChangeStore => ({
  ...changeRuns(run),
  accept: (crmAccountId, given) => run(accept, crmAccountId, given),
  find: (crmAccountId) => run(find, crmAccountId),
  rejects: (crmAccountId, page) => run(rejects, crmAccountId, page),
  counts: () => run(counts),
})
