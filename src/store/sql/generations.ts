import { hours } from '../../shared/clock.ts'
import { batchOf } from './batch-of.ts'
import { forgetChanges } from './change-endings.ts'
import { run, sql, type Steps } from './operation.ts'

/** However short the grace is: for so long an apiKey may come, or wait for what becomes of a newer confirmation. */
const LATEST = hours(1)

const ABANDON = sql(`
  UPDATE generations SET status = 'abandoned',
    resolves_until = {now} + CAST(@resolvesFor AS bigint)
  WHERE id IN {each ids} AND status = 'pending'`)

const end = (which: string, before = '') =>
  sql(`${before}
    UPDATE generations SET status = 'ended', resolves_until = NULL,
      crm_key_sealed = NULL, api_key_sealed = NULL, api_key_hash = NULL, kept_key_sealed = NULL, kept_key_hash = NULL
    WHERE ${which}`)
const END = end('id IN {each ids}')
/** A confirmation that is newer than the current one may still get its apiKey, also where nobody waits for it any more. */
const END_SETTLED = end(`
  connection_id = @connectionId AND status NOT IN ('pending', 'ended') AND kept_key_sealed IS NULL
    AND NOT (status = 'abandoned' AND generation > coalesce((SELECT mine.generation FROM generations AS mine
      WHERE mine.connection_id = @connectionId AND mine.status = 'current'), generations.generation))`)
const END_ALL = end("connection_id = @connectionId AND status <> 'ended'")
// A row that is locked is looked at once more: an apiKey may have come late, and made it the current one.
const END_OUTLIVED = end(
  'id IN (SELECT key FROM due)',
  batchOf('generations', 'id', 'resolves_until <= @now'),
)

/** One that has never been connected stays what nobody sees. */
const DISCONNECT = sql(`
  UPDATE connections SET status = 'disconnected', disconnected_at = @now
  WHERE id = @connectionId AND status <> 'new'`)

const FORGET_UPLOADS = sql(`
  DELETE FROM uploads WHERE generation_id IN (
    SELECT id FROM generations WHERE connection_id = @connectionId AND status = 'ended')`)

/** Generations that Wazzup may or may not know: their crmKeys resolve until the grace is over, in so many milliseconds. */
export function* abandonGenerations(ids: readonly string[], grace: number): Steps<void> {
  if (ids.length > 0) yield* run(ABANDON, { ids, resolvesFor: Math.max(grace, LATEST) })
}

/** Generations that are over: nothing resolves to them, their keys are erased, their hashes stay taken. */
export function* endGenerations(ids: readonly string[]): Steps<void> {
  if (ids.length > 0) yield* run(END, { ids })
}

/** Ends those whose grace is over. Resolves to how many. */
export function* endOutlived(values: { now: Date; limit: number }): Steps<number> {
  return yield* run(END_OUTLIVED, values)
}

/**
 * Ends a connection with all its keys. What is being made or may still come, and an apiKey that waits for what becomes of that, is a
 * new decision, which only an operator's word is about, too.
 */
export function* endConnection(
  connectionId: string,
  now: Date,
  which: 'settled keys' | 'all keys',
): Steps<void> {
  yield* run(DISCONNECT, { connectionId, now })
  const over = which === 'all keys' ? END_ALL : END_SETTLED
  yield* run(over, { connectionId })
  yield* forgetChanges(connectionId)
  yield* run(FORGET_UPLOADS, { connectionId })
}
