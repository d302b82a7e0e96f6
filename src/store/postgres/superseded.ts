import type { Session } from './database.ts'
import { abandonGeneration } from './generations.ts'
import { statement } from './statement.ts'

const END = statement<{ generation_id: string }>(`
  UPDATE exchanges SET status = 'failed', reason = 'restart_needed', in_flight = 0, state_sealed = NULL
  WHERE state_sealed IS NOT NULL AND (in_flight = 0 OR due_at <= @now) AND EXISTS (
    SELECT 1 FROM generations AS mine JOIN generations AS newer ON newer.connection_id = mine.connection_id
    WHERE mine.id = exchanges.generation_id AND newer.generation > mine.generation
      AND newer.status IN ('pending', 'current'))
  RETURNING generation_id`)

/**
 * Ends every exchange whose account has just confirmed another one. (None of them is being sent: see `sending.ts`; one
 * that is marked so has lost its lease in a crash.) The newest confirmation is what the person wants; a late sending of
 * an older one would have Wazzup forget the newer crmKey.
 */
export async function endSuperseded(
  session: Session,
  { now, graceUntil }: { now: Date; graceUntil: Date },
): Promise<void> {
  for (const { generation_id } of await session.all(END, { now: now.getTime() }))
    await abandonGeneration(session, generation_id, graceUntil)
}
