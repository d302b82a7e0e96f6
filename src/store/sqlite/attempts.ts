import type { Database } from 'better-sqlite3'
import type { Attempt, AttemptStatus, AttemptStore, FailureReason } from '../port.ts'
import { guarded } from './guarded.ts'

interface Row {
  id: string
  state_hash: string
  state_sealed: string | null
  browser_hash: string
  status: AttemptStatus
  reason: FailureReason | null
  login_sealed: string | null
  user_id: string | null
  user_name: string
  crm_account_id: string
  crm_account_name: string
  role: string | null
  wazzup_account_id: string | null
  created_at: number
  expires_at: number
}

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
  const select = db.prepare<[string], Row>('SELECT * FROM attempts WHERE id = ?')
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

const NOBODY = { userId: null, userName: null, crmAccountId: null, crmAccountName: null, role: null }

function toAttempt(row: Row): Attempt {
  return {
    id: row.id,
    stateHash: row.state_hash,
    state: row.state_sealed,
    browserHash: row.browser_hash,
    status: row.status,
    reason: row.reason,
    login: row.login_sealed,
    identity: row.user_id === null ? null : toIdentity(row, row.user_id),
    wazzupAccountId: row.wazzup_account_id,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
  }
}

const toIdentity = (row: Row, userId: string) => ({
  userId,
  userName: row.user_name,
  crmAccountId: row.crm_account_id,
  crmAccountName: row.crm_account_name,
  role: row.role,
})
