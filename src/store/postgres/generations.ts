import type { Session } from './database.ts'
import { statement } from './statement.ts'

const ABANDON = statement(`
  UPDATE generations SET status = 'abandoned', resolves_until = @until WHERE id = @id AND status = 'pending'`)

const END = statement(`
  UPDATE generations SET status = 'ended', resolves_until = NULL,
    crm_key_sealed = NULL, api_key_sealed = NULL, api_key_hash = NULL
  WHERE id = @id`)

const DISCONNECT = statement(
  "UPDATE connections SET status = 'disconnected', disconnected_at = @now WHERE id = @connectionId",
)

const SETTLED = statement<{ id: string }>(
  "SELECT id FROM generations WHERE connection_id = @connectionId AND status NOT IN ('pending', 'ended')",
)

const FORGET_UPLOAD = statement('DELETE FROM uploads WHERE generation_id = @id')

/** A generation that Wazzup may or may not know: its crmKey resolves until the grace is over. */
export async function abandonGeneration(session: Session, id: string, graceUntil: Date): Promise<void> {
  await session.run(ABANDON, { id, until: graceUntil.getTime() })
}

/** A generation that is over: nothing resolves to it, its keys are erased, its hash stays taken. */
export async function endGeneration(session: Session, id: string): Promise<void> {
  await session.run(END, { id })
}

/** Ends a connection with all its keys, but for one that is just being made: that one is a new decision. */
export async function disconnect(session: Session, connectionId: string, now: Date): Promise<void> {
  await session.run(DISCONNECT, { connectionId, now: now.getTime() })
  for (const { id } of await session.all(SETTLED, { connectionId })) {
    await endGeneration(session, id)
    await session.run(FORGET_UPLOAD, { id })
  }
}
