import type { Database } from 'better-sqlite3'
import { NOBODY, toAttempt, type AttemptRow } from '../attempt-rows.ts'
import type { AttemptStore } from '../port.ts'
import { guarded } from './guarded.ts'

/** Sets only what the move sets. An attempt without its state can end, but not begin again. */
const MOVE = `
  UPDATE attempts SET
    status = @to,
    reason = @reason,
    login_sealed     = iif(@setsLogin, @login, login_sealed),
    user_id          = iif(@setsIdentity, @userId, user_id),
    user_name        = iif(@setsIdentity, @userName, user_name),
    crm_account_id   = iif(@setsIdentity, @crmAccountId, crm_account_id),
    crm_account_name = iif(@setsIdentity, @crmAccountName, crm_account_name),
    role             = iif(@setsIdentity, @role, role)
  WHERE id = @id AND status IN (SELECT value FROM json_each(@from)) AND expires_at > @now
  AND (NOT @onlyWithoutLogin OR login_sealed IS NULL)
  AND (@to <> 'arrived' OR state_sealed IS NOT NULL)`

export function attempts(db: Database): AttemptStore {
  const insert = db.prepare(`
    INSERT INTO attempts (id, state_hash, state_sealed, browser_hash, status, wazzup_account_id, created_at, expires_at)
    VALUES (@id, @stateHash, @state, @browserHash, 'arrived', @wazzupAccountId, @createdAt, @expiresAt)`)
  const select = db.prepare<[string], AttemptRow>('SELECT * FROM attempts WHERE id = ?')
  const update = db.prepare(MOVE)

  return {
    open: (attempt) =>
      guarded(db, () => {
        insert.run({
          ...attempt,
          createdAt: attempt.createdAt.getTime(),
          expiresAt: attempt.expiresAt.getTime(),
        })
      }),
    find: (id) =>
      guarded(db, () => {
        const row = select.get(id)
        return row ? toAttempt(row) : null
      }),
    move: (id, { from, to, onlyWithoutLogin = false, set = {} }, now) =>
      guarded(db, () => {
        const { login, identity, reason = null } = set
        const { changes } = update.run({
          id,
          from: JSON.stringify(from),
          to,
          now: now.getTime(),
          onlyWithoutLogin: Number(onlyWithoutLogin),
          reason,
          setsLogin: Number(login !== undefined),
          login: login ?? null,
          setsIdentity: Number(identity !== undefined),
          ...(identity ?? NOBODY),
        })
        return changes === 1
      }),
  }
}
