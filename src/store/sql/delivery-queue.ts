import { all, one, run, sql, type Steps } from './operation.ts'

/** As long as a transaction has it, no event of the connection is written, and none ends. */
const HOLD = sql<object>('SELECT 1 FROM connections WHERE id = @connectionId {for update}')

/** The same of several, without those that somebody else has. */
const HOLD_FREE = sql<{ id: string }>(
  'SELECT id FROM connections WHERE id IN {each connectionIds} {skip locked}',
)

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

const NEXT_OF_EACH = sql(`
  UPDATE deliveries SET due_at = {now} WHERE due_at IS NULL AND number IN (
    SELECT (SELECT number FROM deliveries WHERE connection_id = ended.value AND status = 'waiting' ORDER BY sequence LIMIT 1)
    FROM {each connectionIds} AS ended)`)

/** Of each connection whose due one is over, makes the one due that comes first of those that wait. */
export function* goOn(connectionIds: readonly string[]): Steps<void> {
  yield* run(NEXT_OF_EACH, { connectionIds })
}
