import type { Brought } from '../change.ts'
import { one, run, sql, type Steps } from './operation.ts'

/** The claim of a runner is gone with it. */
const BIND = sql(`
  UPDATE change_queues SET generation_id = @generationId, runner = NULL, reason = NULL, tries = 0,
    due_at = CASE WHEN waiting > 0 THEN {now} END
  WHERE connection_id = @connectionId`)

const DROP = sql(`
  UPDATE change_queues SET dropped = dropped + waiting, waiting = 0, runner = NULL, reason = NULL, tries = 0, due_at = NULL
  WHERE connection_id = @connectionId`)

const ERASE = sql('DELETE FROM row_changes WHERE connection_id = @connectionId')

const FORGET_REJECTS = sql('DELETE FROM change_rejects WHERE connection_id = @connectionId')

/** A connection has ended: nothing of the changes is kept but how many were dropped. */
export function* forgetChanges(connectionId: string): Steps<void> {
  if ((yield* run(DROP, { connectionId })) === 0) return
  for (const step of [ERASE, FORGET_REJECTS]) yield* run(step, { connectionId })
}

interface Binding {
  connectionId: string
  generationId: string
  /** Whether an upload brings the data of the customer. */
  bringsData: boolean
}

/** There is a new apiKey: what waits is sent with it, unless an upload brings all of it anyway. */
export function* bindChanges({ connectionId, generationId, bringsData }: Binding): Steps<void> {
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
