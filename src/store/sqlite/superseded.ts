import type { Database } from 'better-sqlite3'
import { abandonGeneration } from './generations.ts'

interface Moment {
  now: Date
  graceUntil: Date
}

/**
 * Ends every exchange whose account has just confirmed another one. (None of them is being sent: see `sending.ts`; one
 * that is marked so has lost its lease in a crash.) So an account has one unsettled exchange at the most. The newest
 * confirmation is what the person wants; a late sending of an older one, by a worker or by «Try again», would have
 * Wazzup forget the newer crmKey.
 */
export function endSuperseded(db: Database) {
  const end = db.prepare<object, { generation_id: string }>(`
    UPDATE exchanges SET status = 'failed', reason = 'restart_needed', in_flight = 0, state_sealed = NULL
    WHERE state_sealed IS NOT NULL AND (in_flight = 0 OR due_at <= @now) AND EXISTS (
      SELECT 1 FROM generations AS mine JOIN generations AS newer ON newer.connection_id = mine.connection_id
      WHERE mine.id = exchanges.generation_id AND newer.generation > mine.generation
        AND newer.status IN ('pending', 'current'))
    RETURNING generation_id`)
  const abandon = abandonGeneration(db)
  return ({ now, graceUntil }: Moment) => {
    for (const { generation_id } of end.all({ now: now.getTime() })) abandon(generation_id, graceUntil)
  }
}
