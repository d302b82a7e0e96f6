import { all, run, sql, type Steps } from './operation.ts'

const ABANDON = sql(`
  UPDATE generations SET status = 'abandoned', resolves_until = @until WHERE id = @id AND status = 'pending'`)

const END = sql(`
  UPDATE generations SET status = 'ended', resolves_until = NULL,
    crm_key_sealed = NULL, api_key_sealed = NULL, api_key_hash = NULL
  WHERE id = @id`)

const DISCONNECT = sql(
  "UPDATE connections SET status = 'disconnected', disconnected_at = @now WHERE id = @connectionId",
)

const SETTLED = sql<{ id: string }>(
  "SELECT id FROM generations WHERE connection_id = @connectionId AND status NOT IN ('pending', 'ended')",
)

const FORGET_UPLOAD = sql('DELETE FROM uploads WHERE generation_id = @id')

/** A generation that Wazzup may or may not know: its crmKey resolves until the grace is over. */
export function* abandonGeneration(id: string, until: Date): Steps<void> {
  yield* run(ABANDON, { id, until })
}

/** A generation that is over: nothing resolves to it, its keys are erased, its hash stays taken. */
export function* endGeneration(id: string): Steps<void> {
  yield* run(END, { id })
}

/** Ends a connection with all its keys, but for one that is just being made: that one is a new decision. */
export function* endConnection(connectionId: string, now: Date): Steps<void> {
  yield* run(DISCONNECT, { connectionId, now })
  for (const { id } of yield* all(SETTLED, { connectionId })) {
    yield* endGeneration(id)
    yield* run(FORGET_UPLOAD, { id })
  }
}
