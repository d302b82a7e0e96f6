import { toAuditEntry, type AuditRow } from '../audit.ts'
import type { AuditEntry, AuditStore } from '../port.ts'
import { all, read, run, single, sql, type Run, type Steps } from './operation.ts'

const INSERT = sql(`
  INSERT INTO audit (at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address)
  VALUES (@at, @action, @userId, @userName, @crmAccountId, @wazzupAccountId, @generation, @address)`)

const SELECT = sql<AuditRow>(`
  SELECT at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address
  FROM audit WHERE crm_account_id = @crmAccountId ORDER BY id DESC LIMIT @limit`)

/** Within the transaction of what it tells. */
export function* addToAudit(entry: AuditEntry): Steps<void> {
  yield* run(INSERT, entry)
}

const append = single(addToAudit)

const of = read(function* (crmAccountId: string, limit: number): Steps<AuditEntry[]> {
  return (yield* all(SELECT, { crmAccountId, limit })).map(toAuditEntry)
})

/** Stand-alone audit entries. Entries about a change are written in that change's transaction. */
export const audit = (run: Run): AuditStore => ({
  append: (entry) => run(append, entry),
  of: (crmAccountId, limit) => run(of, crmAccountId, limit),
})
