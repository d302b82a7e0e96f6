import { NOBODY, toAttempt, toKnownAttempt, type AttemptRow, type KnownRow } from '../attempt.ts'
import type { Attempt, AttemptMove, AttemptStore, KnownAttempt, Told } from '../port.ts'
import { all, one, read, run, single, sql, type Run, type Steps } from './operation.ts'
import { tells } from './story.ts'

const SELECT = sql<AttemptRow>(`
  SELECT id, state_hash, state_sealed, browser_hash, status, reason, login_sealed, user_id, user_name, crm_account_id,
    crm_account_name, role, wazzup_account_id, expires_at - {now} AS expires_in
  FROM attempts WHERE id = @id`)

export function* attemptOf(id: string): Steps<Attempt | null> {
  const row = yield* one(SELECT, { id })
  return row ? toAttempt(row) : null
}

const find = read(attemptOf)

const KNOWN = sql<KnownRow>(`
  SELECT id, state_hash, browser_hash, status, user_id, expires_at - {now} AS expires_in
  FROM attempts WHERE id IN {each ids} ORDER BY created_at, id`)

const known = read(function* (ids: readonly string[]): Steps<KnownAttempt[]> {
  return (yield* all(KNOWN, { ids })).map(toKnownAttempt)
})

/** Sets only what the move sets. An attempt without its state can end, but not begin again. */
const MOVE = sql(`
  UPDATE attempts SET
    status = CAST(@to AS text),
    reason = @reason,${tells('@step', '@code')},
    login_sealed     = CASE WHEN @setsLogin = 1 THEN @login ELSE login_sealed END,
    user_id          = CASE WHEN @setsIdentity = 1 THEN @userId ELSE user_id END,
    user_name        = CASE WHEN @setsIdentity = 1 THEN @userName ELSE user_name END,
    crm_account_id   = CASE WHEN @setsIdentity = 1 THEN @crmAccountId ELSE crm_account_id END,
    crm_account_name = CASE WHEN @setsIdentity = 1 THEN @crmAccountName ELSE crm_account_name END,
    role             = CASE WHEN @setsIdentity = 1 THEN @role ELSE role END
  WHERE id = @id AND status IN {each from} AND expires_at > {now}
    AND (@onlyWithoutLogin = 0 OR login_sealed IS NULL)
    AND (CAST(@to AS text) <> 'arrived' OR state_sealed IS NOT NULL)`)

const move = single(function* (id: string, wanted: AttemptMove): Steps<boolean> {
  const { from, to, onlyWithoutLogin = false, set = {} } = wanted
  const { login = null, identity, reason = null } = set
  const sets = { setsLogin: set.login !== undefined, setsIdentity: identity !== undefined }
  const { step, code = null } = wanted.tells ?? { step: to }
  const told = { step, code }
  const values = { ...sets, ...(identity ?? NOBODY), ...told, login, reason, from, to, onlyWithoutLogin, id }
  return (yield* run(MOVE, values)) === 1
})

const TELL = sql(`UPDATE attempts SET ${tells('@step', '@code')} WHERE id = @id`)

const tell = single(function* (id: string, { step, code = null }: Told): Steps<void> {
  yield* run(TELL, { id, step, code })
})

/** `open` differs: see the engines. */
export const attempts = (run: Run, open: AttemptStore['open']): AttemptStore => ({
  open,
  find: (id) => run(find, id),
  known: (ids) => run(known, ids),
  move: (id, wanted) => run(move, id, wanted),
  tell: (id, told) => run(tell, id, told),
})
