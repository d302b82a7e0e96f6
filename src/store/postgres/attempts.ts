import { ANY_NUMBER, NOBODY, toAttempt, type AttemptRow } from '../attempt-rows.ts'
import type { AttemptStore } from '../port.ts'
import type { Database } from './database.ts'
import { statement } from './statement.ts'

/** One statement, so that it is one trip; several at the same moment may each see the last free place. */
const OPEN = statement(`
  WITH kept AS (SELECT count(*) AS n FROM (SELECT 1 FROM attempts WHERE user_id IS NULL LIMIT @most::bigint) AS these),
  room AS (
    DELETE FROM attempts WHERE id IN (
      SELECT id FROM attempts
      WHERE user_id IS NULL AND login_sealed IS NULL AND (SELECT n FROM kept) >= @most::bigint
      ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING 1)
  INSERT INTO attempts (id, state_hash, state_sealed, browser_hash, status, wazzup_account_id, created_at, expires_at)
  SELECT @id, @stateHash, @state, @browserHash, 'arrived', @wazzupAccountId, @createdAt::bigint, @expiresAt::bigint
  WHERE (SELECT n FROM kept) < @most::bigint OR EXISTS (SELECT 1 FROM room)`)

const SELECT = statement<AttemptRow>('SELECT * FROM attempts WHERE id = @id')

/** Sets only what the move sets. An attempt without its state can end, but not begin again. */
const MOVE = statement(`
  UPDATE attempts SET
    status = @to::text,
    reason = @reason,
    login_sealed     = CASE WHEN @setsLogin::boolean THEN @login ELSE login_sealed END,
    user_id          = CASE WHEN @setsIdentity::boolean THEN @userId ELSE user_id END,
    user_name        = CASE WHEN @setsIdentity THEN @userName ELSE user_name END,
    crm_account_id   = CASE WHEN @setsIdentity THEN @crmAccountId ELSE crm_account_id END,
    crm_account_name = CASE WHEN @setsIdentity THEN @crmAccountName ELSE crm_account_name END,
    role             = CASE WHEN @setsIdentity THEN @role ELSE role END
  WHERE id = @id AND status = ANY(@from::text[]) AND expires_at > @now
    AND (NOT @onlyWithoutLogin::boolean OR login_sealed IS NULL)
    AND (@to::text <> 'arrived' OR state_sealed IS NOT NULL)`)

export function attempts(db: Database): AttemptStore {
  return {
    async open(attempt, most = ANY_NUMBER) {
      const moments = { createdAt: attempt.createdAt.getTime(), expiresAt: attempt.expiresAt.getTime() }
      return (await db.run(OPEN, { ...attempt, ...moments, most })) === 1
    },
    async find(id) {
      const row = await db.one(SELECT, { id })
      return row ? toAttempt(row) : null
    },
    async move(id, { from, to, onlyWithoutLogin = false, set = {} }, now) {
      const { login, identity, reason = null } = set
      const sets = { setsLogin: login !== undefined, setsIdentity: identity !== undefined }
      const values = { ...sets, ...(identity ?? NOBODY), login, reason, from, to, onlyWithoutLogin }
      return (await db.run(MOVE, { ...values, id, now: now.getTime() })) === 1
    },
  }
}
