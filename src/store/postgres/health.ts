import { HEALTH_CHANGES } from '../health-changes.ts'
import type { ConnectionStore } from '../port.ts'
import type { Database } from './database.ts'
import { statement } from './statement.ts'

const UPDATE = statement(`
  UPDATE connections SET status = @to::text, invalid_since = CASE WHEN @to::text = 'invalid' THEN @now::bigint END
  FROM generations
  WHERE generations.id = @generationId AND generations.status = 'current'
    AND connections.id = generations.connection_id AND connections.status = @from`)

const AUDIT = statement(`
  INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
  SELECT @now, @action, 'wazzup', 'Wazzup', crm_account_id, wazzup_account_id, generation, '-'
  FROM connections JOIN generations ON connection_id = connections.id WHERE generations.id = @generationId`)

const FOLLOW = {
  // Nobody works on it while the key is refused, so it must not look as if somebody did.
  invalid: statement(`
    UPDATE uploads SET status = 'failed', reason = 'key_refused', due_at = NULL, runner = NULL, tries = 0,
      failing_since = NULL
    WHERE generation_id = @generationId AND status IN ('waiting', 'running')`),
  // Also one whose runner was the first to be told that the key is refused.
  valid: statement(`
    UPDATE uploads SET status = 'waiting', reason = NULL, due_at = @now
    WHERE generation_id = @generationId AND status = 'failed' AND reason = 'key_refused'`),
}

export function health(db: Database): Pick<ConnectionStore, 'noteHealth'> {
  return {
    noteHealth: (generationId, name, now) =>
      db.exclusive(async (session) => {
        const values = { ...HEALTH_CHANGES[name], generationId, now: now.getTime() }
        if ((await session.run(UPDATE, values)) === 0) return false
        await session.run(AUDIT, values)
        await session.run(FOLLOW[name], values)
        return true
      }),
  }
}
