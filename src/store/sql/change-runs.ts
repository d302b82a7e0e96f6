import {
  BRINGS_DATA,
  MOST_CHANGE_REJECTS,
  placeOfStage,
  stageAt,
  STAGES,
  toWaitingChange,
  type ChangeBatch,
  type ChangeCommit,
  type ChangeRelease,
  type ChangeRow,
  type ChangeStore,
  type ClaimedChanges,
  type Stage,
  type WaitingChange,
} from '../change.ts'
import type { Claim, Committed, Lease } from '../lease.ts'
import { keyOfGeneration } from './current-key.ts'
import { LEASES, shownBy } from './lease.ts'
import { accountLock } from './locks.ts'
import { all, alone, one, read, repeatable, run, single, sql, type Run, type Steps } from './operation.ts'
import { hold, tell } from './tell.ts'

/** Condition on `change_queues`: the connection has an apiKey, and Wazzup takes it. */
export const USABLE = `EXISTS (
  SELECT 1 FROM generations JOIN connections ON connections.id = generations.connection_id
  WHERE generations.connection_id = change_queues.connection_id AND generations.status = 'current'
    AND connections.status = 'connected')`

/** No upload brings the same data. */
const NO_UPLOAD = `NOT EXISTS (
  SELECT 1 FROM uploads JOIN generations ON generations.id = uploads.generation_id
  WHERE generations.connection_id = change_queues.connection_id AND generations.status = 'current' AND ${BRINGS_DATA})`

const DUE = `due_at <= {now} AND ${USABLE} AND ${NO_UPLOAD}`

const NEXT = sql<{ crm_account_id: string }>(`
  SELECT crm_account_id FROM change_queues JOIN connections ON connections.id = change_queues.connection_id
  WHERE ${DUE} ORDER BY due_at LIMIT 1`)

/** Under the lock of the account, so that no upload is queued meanwhile. */
const CLAIM = sql<{ generation_id: string; tries: number }>(`
  UPDATE change_queues SET ${LEASES.change.take}, generation_id = (
    SELECT id FROM generations WHERE generations.connection_id = change_queues.connection_id AND status = 'current')
  WHERE connection_id = (SELECT id FROM connections WHERE crm_account_id = @crmAccountId) AND ${DUE}
  RETURNING generation_id, tries`)

type OfAccount = Lease & { crmAccountId: string }

const next = read(function* (lease: Lease): Steps<OfAccount | null> {
  const row = yield* one(NEXT)
  return row ? { ...lease, crmAccountId: row.crm_account_id } : null
})

const claimChanges = alone(accountLock, function* (wanted: OfAccount): Steps<ClaimedChanges | null> {
  const row = yield* one(CLAIM, wanted)
  const key = row && (yield* keyOfGeneration(row.generation_id))
  return key ? { key, runner: wanted.runner, tries: row.tries } : null
})

const MINE = LEASES.change.mine

const COLUMNS = 'id, row_id, stage, number, row_sealed'

/** A join could bring rows of several queues, for all that SQLite knows: it would sort what an index has in order. */
const QUEUE = `WITH queue AS (SELECT connection_id, round FROM change_queues WHERE ${MINE})`
const OF_QUEUE = 'connection_id = (SELECT connection_id FROM queue)'
const OF_ROUND = `${OF_QUEUE} AND number <= (SELECT round FROM queue)`

export const EVERY_STAGE = STAGES.map((_, place) => `SELECT ${place} AS place`).join(' UNION ALL ')

const BATCH = sql<ChangeRow>(`
  ${QUEUE} SELECT ${COLUMNS} FROM row_changes WHERE ${OF_ROUND} AND stage = (
    SELECT min(place) FROM (${EVERY_STAGE}) AS stages WHERE EXISTS (
      SELECT 1 FROM row_changes WHERE ${OF_ROUND} AND stage = place))
  ORDER BY number LIMIT CAST(@limit AS bigint)`)

/** What comes in all the time must not keep what is later in the order: it has its turn in the next round. */
const NEXT_ROUND = sql(`UPDATE change_queues SET round = sequence WHERE ${MINE} AND waiting > 0`)

const batchOfRound = read(function* (claim: Claim, limit: number): Steps<ChangeBatch | null> {
  const rows = yield* all(BATCH, { ...shownBy(claim), limit })
  const [first] = rows
  return first ? { ...stageAt(first.stage), changes: rows.map(toWaitingChange) } : null
})

const nextRound = single(function* (claim: Claim): Steps<boolean> {
  return (yield* run(NEXT_ROUND, shownBy(claim))) > 0
})

const OTHERS = sql<ChangeRow>(`
  ${QUEUE} SELECT ${COLUMNS} FROM row_changes WHERE ${OF_QUEUE} AND stage = @stage AND number > @after
  ORDER BY number LIMIT CAST(@limit AS bigint)`)

const others = read(function* (
  claim: Claim,
  { kind, op, ...bounds }: Stage & { after: number; limit: number },
): Steps<WaitingChange[]> {
  const stage = placeOfStage({ kind, op })
  return (yield* all(OTHERS, { ...shownBy(claim), ...bounds, stage })).map(toWaitingChange)
})

const RENEW = sql(`UPDATE change_queues SET due_at = {now} + @lease WHERE ${MINE} AND ${USABLE}`)

const renew = single(function* (claim: Claim, lease: number): Steps<boolean> {
  return (yield* run(RENEW, { ...shownBy(claim), lease })) > 0
})

/** Also of a key that was refused meanwhile. */
const RELEASE = sql(`
  UPDATE change_queues SET reason = @reason, tries = @tries, ${LEASES.change.leave},
    due_at = CASE WHEN waiting > 0 THEN {now} + @wait END
  WHERE ${MINE}`)

/** The key is another one by now: who waits for the end of this request need not wait for that of the lease. */
const HAND_OVER = sql(`
  UPDATE change_queues SET ${LEASES.change.leave}, due_at = CASE WHEN waiting > 0 THEN {now} END
  WHERE runner = @runner AND connection_id = (SELECT connection_id FROM generations WHERE id = @row)`)

const release = single(function* (claim: Claim, how: ChangeRelease): Steps<boolean> {
  const owner = shownBy(claim)
  if ((yield* run(RELEASE, { ...owner, ...how })) > 0) return true
  yield* run(HAND_OVER, owner)
  return false
})

/** Also where another call has just found the key refused; not of a connection that has ended, nor after a reconnect. */
const CURRENT = `EXISTS (
  SELECT 1 FROM generations WHERE generations.id = change_queues.generation_id AND generations.status = 'current')`

/** A commit is progress: what went wrong before it is over. */
const EXTEND = sql<{ connection_id: string; usable: number }>(`
  UPDATE change_queues SET due_at = {now} + @lease, tries = 0, reason = NULL, sent = sent + @sent,
    rejected = rejected + @rejected
  WHERE ${MINE} AND ${CURRENT} RETURNING connection_id, CASE WHEN ${USABLE} THEN 1 ELSE 0 END AS usable`)

const ERASE = sql('DELETE FROM row_changes WHERE id IN {each over}')

const COUNT_DOWN = sql(
  'UPDATE change_queues SET waiting = waiting - @erased WHERE connection_id = @connection_id',
)

const REJECT = sql(`
  INSERT INTO change_rejects (connection_id, stage, row_id, reason, rejected_at)
  SELECT @connection_id, @stage, row_id, reason, {now} FROM {rows rejects row_id text, reason text} WHERE true`)

const FORGET_OLD = sql(`
  DELETE FROM change_rejects WHERE connection_id = @connection_id AND id <= (
    SELECT id FROM change_rejects WHERE connection_id = @connection_id ORDER BY id DESC LIMIT 1 OFFSET ${MOST_CHANGE_REJECTS})`)

const commitChanges = repeatable(function* (claim: Claim, done: ChangeCommit): Steps<Committed> {
  const { kind, op, over, sent, rejected, rejects, lease } = done
  const { generationId } = claim.key
  if (rejects.length > 0) yield* hold(generationId)
  const queue = yield* one(EXTEND, { ...shownBy(claim), sent, rejected, lease })
  if (!queue) return 'gone'
  const committed = queue.usable === 1 ? 'goes_on' : 'last'
  yield* run(COUNT_DOWN, { ...queue, erased: yield* run(ERASE, { over }) })
  if (rejects.length === 0) return committed
  const rows = JSON.stringify(rejects.map(({ rowId, reason }) => ({ row_id: rowId, reason })))
  const stage = placeOfStage({ kind, op })
  for (const step of [REJECT, FORGET_OLD]) yield* run(step, { ...queue, stage, rejects: rows })
  const reasons = [...Map.groupBy(rejects, ({ reason }) => reason)].map(([reason, { length: count }]) => ({
    ...{ reason, count },
  }))
  yield* tell(generationId, { type: 'changes.rejected', kind, op, sent, rejected, reasons })
  return committed
})

const LATEST = sql<{ sequence: number }>(
  'SELECT sequence FROM change_queues WHERE generation_id = @generationId AND waiting > 0',
)

const latest = read(function* (generationId: string): Steps<number | null> {
  return (yield* one(LATEST, { generationId }))?.sequence ?? null
})

type Runs = Omit<ChangeStore, 'accept' | 'find' | 'rejects' | 'counts'>

/** What a runner takes and writes: only while its claim holds. */
export const changeRuns = (run: Run): Runs => ({
  // Most of the time there is none: looking waits for nobody. What another replica has taken meanwhile is not the last one.
  async claimDue(lease) {
    for (let found = await run(next, lease); found; found = await run(next, lease)) {
      const taken = await run(claimChanges, found)
      if (taken) return taken
    }
    return null
  },
  async batch(claim, limit) {
    const found = await run(batchOfRound, claim, limit)
    if (found) return found
    return (await run(nextRound, claim)) ? run(batchOfRound, claim, limit) : null
  },
  others: (claim, place) => run(others, claim, place),
  renew: (claim, lease) => run(renew, claim, lease),
  commit: (claim, done) => run(commitChanges, claim, done),
  release: (claim, how) => run(release, claim, how),
  latest: (generationId) => run(latest, generationId),
})
