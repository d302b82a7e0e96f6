import { all, one, run, sql, type Steps } from './operation.ts'

/** As long as a transaction has it, no event of the connection is written, and none ends. */
const HOLD = sql<object>('SELECT 1 FROM connections WHERE id = @connectionId {for update}')

/** The same of several, without those that somebody else has. */
const HOLD_FREE = sql<{ id: string }>(
  'SELECT id FROM connections WHERE id IN {each connectionIds} {skip locked}',
)

/** Of those that wait, the one that comes first. Nothing changes where that one is due already. */
const NEXT = sql(`
  UPDATE deliveries SET due_at = {now} WHERE due_at IS NULL AND id = (
    SELECT id FROM deliveries WHERE connection_id = @connectionId AND status = 'waiting' ORDER BY sequence LIMIT 1)
    AND NOT EXISTS (
      SELECT 1 FROM deliveries AS other WHERE other.connection_id = @connectionId AND other.status = 'waiting' AND other.due_at IS NOT NULL)`)

/** Keeps the events of a connection as they are, for this transaction. */
export function* holdEvents(connectionId: string): Steps<void> {
  yield* one(HOLD, { connectionId })
}

/**
 * Keeps the events of several connections. Who may keep more than one waits for none, so that no two wait for each other.
 * Resolves to those that it keeps.
 */
export function* holdEach(connectionIds: readonly string[], wait: boolean): Steps<Set<string>> {
  if (!wait) return new Set((yield* all(HOLD_FREE, { connectionIds })).map(({ id }) => id))
  for (const id of connectionIds) yield* holdEvents(id)
  return new Set(connectionIds)
}

/** Of each connection the one that comes first, where none is due any more. */
const NEXT_OF_EACH = sql(`
  UPDATE deliveries SET due_at = {now} WHERE due_at IS NULL AND number IN (
    SELECT (SELECT number FROM deliveries WHERE connection_id = ended.value AND status = 'waiting' ORDER BY sequence LIMIT 1)
    FROM {each connectionIds} AS ended)`)

/** Makes the next one of each due, once the one that was due is over. */
export function* goOnEach(connectionIds: readonly string[]): Steps<void> {
  yield* run(NEXT_OF_EACH, { connectionIds })
}

/** Makes the next one due, once the first is over. */
export function* goOn(connectionId: string): Steps<void> {
  yield* run(NEXT, { connectionId })
}

/** Ends one of its events, and goes on with the next. False when there was none to end. */
export function* endAndGoOn(connectionId: string, ending: Steps<number>): Steps<boolean> {
  yield* holdEvents(connectionId)
  if ((yield* ending) === 0) return false
  yield* goOn(connectionId)
  return true
}
