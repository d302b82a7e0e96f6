import type { Brought } from '../change.ts'
import { all, one, run, single, sql, type Steps } from './operation.ts'

/** Uploads of a connection with a lease, whichever key they are for. */
const uploadsOf = (connection: string) => `
  uploads JOIN generations ON generations.id = uploads.generation_id
  WHERE generations.connection_id = ${connection} AND uploads.runner IS NOT NULL AND uploads.due_at > {now}`

/** The end of the last of those leases. */
const OF_UPLOAD = `(SELECT max(uploads.due_at) FROM ${uploadsOf('change_queues.connection_id')})`

/**
 * Who is about to claim an upload has claimed it before this, or finds it gone. Uploads are kept before the queue, as their own commits
 * do, so that neither waits for the other.
 */
const HOLD_UPLOADS = sql<object>(`
  SELECT 1 FROM uploads WHERE generation_id IN (SELECT id FROM generations WHERE connection_id = @connectionId) {for update}`)

/** Somebody has the queue, or it is left to what was on its way at an earlier end: what pauses has a reason. */
const IS_KEPT = '(runner IS NOT NULL OR reason IS NULL) AND due_at > {now}'

/**
 * Null unless a request with rows of the customer may be on its way. Who sends it may write nothing more, but nobody else sends
 * changes until the request has ended, or the lease has.
 */
const UNTIL_ARRIVED = `CASE WHEN ${IS_KEPT} AND due_at >= coalesce(${OF_UPLOAD}, 0) THEN due_at ELSE ${OF_UPLOAD} END`

/** The first change ever may come while the request is on its way. */
const MAKE_QUEUE = sql(`
  INSERT INTO change_queues (connection_id, generation_id, sequence, round, waiting, sent, rejected, dropped, tries)
  SELECT @connectionId, max(uploads.generation_id), 0, 0, 0, 0, 0, 0, 0 FROM ${uploadsOf('@connectionId')}
  HAVING count(*) > 0
  ON CONFLICT (connection_id) DO NOTHING`)

/** What comes next leaves the queue to requests of uploads, so it has to see each claim of one. */
function* waitForUploads(connectionId: string): Steps<void> {
  yield* all(HOLD_UPLOADS, { connectionId })
  yield* run(MAKE_QUEUE, { connectionId })
}

const BIND = sql(`
  UPDATE change_queues SET generation_id = @generationId, reason = NULL, tries = 0,
    due_at = coalesce(${UNTIL_ARRIVED}, CASE WHEN waiting > 0 THEN {now} END)
  WHERE connection_id = @connectionId`)

/** The generation is over, and with it whatever a runner may write. */
const DROP = sql(`
  UPDATE change_queues SET dropped = dropped + waiting, waiting = 0, reason = NULL, tries = 0, due_at = ${UNTIL_ARRIVED}
  WHERE connection_id = @connectionId`)

const ERASE = sql('DELETE FROM row_changes WHERE connection_id = @connectionId')

const FORGET_REJECTS = sql('DELETE FROM change_rejects WHERE connection_id = @connectionId')

/** A connection ends, and its uploads after this: nothing of the changes is kept but how many were dropped. */
export function* forgetChanges(connectionId: string): Steps<void> {
  yield* waitForUploads(connectionId)
  if ((yield* run(DROP, { connectionId })) === 0) return
  for (const step of [ERASE, FORGET_REJECTS]) yield* run(step, { connectionId })
}

const DROP_ALL = sql(`
  UPDATE change_queues SET dropped = dropped + waiting, waiting = 0, runner = NULL, reason = NULL, tries = 0, due_at = NULL
  WHERE waiting > 0`)

const ERASE_ALL = sql('DELETE FROM row_changes')

/** Of a database that nobody uses, and that may be older than what Wazzup has. */
export const dropAllChanges = single(function* (): Steps<void> {
  for (const step of [DROP_ALL, ERASE_ALL]) yield* run(step)
})

interface Binding {
  connectionId: string
  generationId: string
  /** Whether an upload brings the data of the customer. */
  bringsData: boolean
}

/** There is a new apiKey, and older uploads are about to go: what waits is sent with it, unless an upload brings all of it anyway. */
export function* bindChanges({ connectionId, generationId, bringsData }: Binding): Steps<void> {
  yield* waitForUploads(connectionId)
  if (bringsData) {
    if ((yield* run(DROP, { connectionId })) === 0) return
    yield* run(ERASE, { connectionId })
  }
  yield* run(BIND, { connectionId, generationId })
}

const HOLD = sql<{ connectionId: string }>(`
  SELECT connection_id AS "connectionId" FROM change_queues WHERE generation_id = @generationId AND waiting > 0 {for update}`)

const ERASE_OLDER = sql(`
  DELETE FROM row_changes WHERE connection_id = @connectionId AND kind = @kind AND version <= @upTo AND row_id IN {each ids}`)

const COUNT_DROPPED = sql(`
  UPDATE change_queues SET waiting = waiting - @erased, dropped = dropped + @erased,
    due_at = CASE WHEN waiting > @erased THEN due_at END
  WHERE connection_id = @connectionId`)

/** Drops changes that are older than what an upload has brought of the same ids. */
export function* dropOlder(generationId: string, brought: Brought): Steps<void> {
  const queue = yield* one(HOLD, { generationId })
  if (!queue) return
  const erased = yield* run(ERASE_OLDER, { ...queue, ...brought })
  if (erased > 0) yield* run(COUNT_DROPPED, { ...queue, erased })
}
