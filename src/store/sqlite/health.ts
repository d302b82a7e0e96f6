import type { Database } from 'better-sqlite3'
import { HEALTH_CHANGES } from '../health-changes.ts'
import type { ConnectionStore } from '../port.ts'
import { guarded } from './guarded.ts'
import { immediate } from './immediate.ts'

export function health(db: Database): Pick<ConnectionStore, 'noteHealth'> {
  const update = db.prepare<object, { crm_account_id: string }>(`
    UPDATE connections SET status = @to, invalid_since = iif(@to = 'invalid', @now, NULL)
    FROM generations
    WHERE generations.id = @generationId AND generations.status = 'current'
      AND connections.id = generations.connection_id AND connections.status = @from
    RETURNING connections.crm_account_id`)
  const audit = db.prepare(`
    INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
    SELECT @now, @action, 'wazzup', 'Wazzup', crm_account_id, wazzup_account_id, generation, '-'
    FROM connections JOIN generations ON connection_id = connections.id WHERE generations.id = @generationId`)
  const follow = { invalid: endUpload(db), valid: resumeUpload(db) }
  const note = immediate(db, (generationId: string, name: keyof typeof HEALTH_CHANGES, at: Date) => {
    const { action, ...change } = HEALTH_CHANGES[name]
    const now = at.getTime()
    if (!update.get({ ...change, generationId, now })) return false
    audit.run({ action, generationId, now })
    follow[name](generationId, now)
    return true
  })
  return { noteHealth: (generationId, name, now) => guarded(db, () => note(generationId, name, now)) }
}

/** Nobody works on it while the key is refused, so it must not look as if somebody did. */
function endUpload(db: Database) {
  const end = db.prepare(`
    UPDATE uploads SET status = 'failed', reason = 'key_refused', due_at = NULL, runner = NULL, tries = 0,
      failing_since = NULL
    WHERE generation_id = ? AND status IN ('waiting', 'running')`)
  return (generationId: string) => void end.run(generationId)
}

/** Also one whose runner was the first to be told that the key is refused. */
function resumeUpload(db: Database) {
  const queue = db.prepare(`
    UPDATE uploads SET status = 'waiting', reason = NULL, due_at = @now
    WHERE generation_id = @generationId AND status = 'failed' AND reason = 'key_refused'`)
  return (generationId: string, now: number) => void queue.run({ generationId, now })
}
