import { one, run, sql, type Steps } from './operation.ts'

/** As long as a transaction has it, no event of the connection is written, and none ends. */
const HOLD = sql<object>('SELECT 1 FROM connections WHERE id = @connectionId {for update}')

/** Of those that wait, the one that comes first. Nothing changes where that one is due already. */
const NEXT = sql(`
  UPDATE deliveries SET due_at = {now} WHERE due_at IS NULL AND id = (
    SELECT id FROM deliveries WHERE connection_id = @connectionId AND status = 'waiting' ORDER BY sequence LIMIT 1)
    AND NOT EXISTS (
      SELECT 1 FROM deliveries AS other WHERE other.connection_id = @connectionId AND other.due_at IS NOT NULL)`)

/** Keeps the events of a connection as they are, for this transaction. */
export function* holdEvents(connectionId: string): Steps<void> {
  yield* one(HOLD, { connectionId })
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
