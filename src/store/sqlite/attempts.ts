import type { Database } from 'better-sqlite3'
import { ANY_NUMBER, NOBODY, toAttempt, type AttemptRow } from '../attempt-rows.ts'
import type { AttemptStore, NewAttempt } from '../port.ts'
import { guarded } from './guarded.ts'
import { immediate } from './immediate.ts'

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
  const open = opening(db)
  const select = db.prepare<[string], AttemptRow>('SELECT * FROM attempts WHERE id = ?')
  const update = db.prepare(MOVE)

  return {
    open: (attempt, most = ANY_NUMBER) => guarded(db, () => open(attempt, most)),
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

/** Opens an attempt, if need be in the place of one that nobody has logged in for. */
function opening(db: Database) {
  const insert = db.prepare(`
    INSERT INTO attempts (id, state_hash, state_sealed, browser_hash, status, wazzup_account_id, created_at, expires_at)
    VALUES (@id, @stateHash, @state, @browserHash, 'arrived', @wazzupAccountId, @createdAt, @expiresAt)`)
  const ofNobody = 'FROM attempts INDEXED BY attempts_of_nobody WHERE user_id IS NULL'
  const count = db.prepare<[number], { n: number }>(
    `SELECT count(*) AS n FROM (SELECT 1 ${ofNobody} LIMIT ?)`,
  )
  const makeRoom = db.prepare(
    `DELETE FROM attempts WHERE id = (SELECT id ${ofNobody} AND login_sealed IS NULL ORDER BY expires_at LIMIT 1)`,
  )
  return immediate(db, (attempt: NewAttempt, most: number) => {
    const isFull = (count.get(most)?.n ?? 0) >= most
    if (isFull && makeRoom.run().changes === 0) return false
    const { createdAt, expiresAt } = attempt
    insert.run({ ...attempt, createdAt: createdAt.getTime(), expiresAt: expiresAt.getTime() })
    return true
  })
}
