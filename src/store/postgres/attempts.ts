import { supportIdOf } from '../../shared/support-id.ts'
import { ANY_NUMBER } from '../attempt.ts'
import type { AttemptStore } from '../port.ts'
import type { Database } from './database.ts'
import { statement } from './statement.ts'

/**
 * One statement, so that it is one trip; several at the same moment may each see the last free place. The row that makes room is
 * compared by `=`, which looks for it once: IN may look once more for each row of the table, and each look would find another one.
 */
const OPEN = statement<{ opened: boolean; paused: boolean }>(`
  WITH pause AS (SELECT 1 FROM installs WHERE paused = 1),
  kept AS (SELECT count(*) AS n FROM (SELECT 1 FROM attempts WHERE user_id IS NULL LIMIT @most::bigint) AS these),
  room AS (
    DELETE FROM attempts WHERE id = (
      SELECT id FROM attempts
      WHERE user_id IS NULL AND login_sealed IS NULL AND (SELECT n FROM kept) >= @most::bigint
        AND NOT EXISTS (SELECT 1 FROM pause)
      ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING 1),
  opened AS (
    INSERT INTO attempts (id, support_id, state_hash, state_sealed, browser_hash, status, wazzup_account_id, created_at, expires_at)
    SELECT @id, @supportId, @stateHash, @state, @browserHash, 'arrived', @wazzupAccountId, {now}, {now} + @life::bigint
    WHERE NOT EXISTS (SELECT 1 FROM pause)
      AND ((SELECT n FROM kept) < @most::bigint OR EXISTS (SELECT 1 FROM room))
    RETURNING 1)
  SELECT EXISTS (SELECT 1 FROM opened) AS opened, EXISTS (SELECT 1 FROM pause) AS paused`)

export const opening =
  (db: Database): AttemptStore['open'] =>
  async (attempt, most = ANY_NUMBER) => {
    const values = { ...attempt, supportId: supportIdOf(attempt.id), most }
    const found = await db.one(OPEN, values)
    if (found?.opened === true) return 'opened'
    return found?.paused === true ? 'paused' : 'full'
  }
