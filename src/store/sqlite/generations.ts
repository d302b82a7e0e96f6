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
