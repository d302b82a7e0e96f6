import type { Database } from 'better-sqlite3'

/** A generation that Wazzup may or may not know: its crmKey resolves until the grace is over. */
export function abandonGeneration(db: Database) {
  const update = db.prepare(`
    UPDATE generations SET status = 'abandoned', resolves_until = @until WHERE id = @id AND status = 'pending'`)
  return (id: string, graceUntil: Date) => {
    update.run({ id, until: graceUntil.getTime() })
  }
}

/** A generation that is over: nothing resolves to it, its keys are erased, its hash stays taken. */
export function endGeneration(db: Database) {
  const update = db.prepare(`
    UPDATE generations SET status = 'ended', resolves_until = NULL,
      crm_key_sealed = NULL, api_key_sealed = NULL, api_key_hash = NULL
    WHERE id = ?`)
  return (id: string) => {
    update.run(id)
  }
}

/** Ends a connection with all its keys, but for one that is just being made: that one is a new decision. */
export function disconnect(db: Database) {
  const update = db.prepare(
    "UPDATE connections SET status = 'disconnected', disconnected_at = @now WHERE id = @id",
  )
  const settled = db.prepare<[string], { id: string }>(
    "SELECT id FROM generations WHERE connection_id = ? AND status NOT IN ('pending', 'ended')",
  )
  const forget = db.prepare('DELETE FROM uploads WHERE generation_id = ?')
  const end = endGeneration(db)
  return (connectionId: string, now: Date) => {
    update.run({ id: connectionId, now: now.getTime() })
    for (const { id } of settled.all(connectionId)) {
      end(id)
      forget.run(id)
    }
  }
}
