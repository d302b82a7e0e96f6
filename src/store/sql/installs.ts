import { NEVER_PAUSED, toInstalls, type Installs, type InstallsRow, type InstallsStore } from '../installs.ts'
import type { Actor, AuditEntry } from '../port.ts'
import { addToAudit } from './audit.ts'
import { installsLock } from './locks.ts'
import { alone, one, read, run, sql, type Run, type Steps } from './operation.ts'

const SELECT = sql<InstallsRow>('SELECT paused, reason, changed_by, changed_at FROM installs WHERE id = 1')

const SET = sql(`
  INSERT INTO installs (id, paused, reason, changed_by, changed_at)
  VALUES (1, @paused, @reason, @changedBy, @changedAt)
  ON CONFLICT (id) DO UPDATE SET
    paused = excluded.paused, reason = excluded.reason,
    changed_by = excluded.changed_by, changed_at = excluded.changed_at`)

function* installsNow(): Steps<Installs> {
  const row = yield* one(SELECT)
  return row ? toInstalls(row) : NEVER_PAUSED
}

/** Of two operators at the same moment the second sees what the first has done. */
const setInstalls = alone(
  installsLock,
  function* (reason: string | null, by: Actor, now: Date): Steps<Installs> {
    const paused = reason !== null
    const before = yield* installsNow()
    if (before.paused === paused && before.reason === reason) return before
    const installs = { paused, reason, changedBy: by.userName, changedAt: now }
    yield* run(SET, installs)
    yield* addToAudit(auditOf(paused, by, now))
    return installs
  },
)

/** It is about no account: that of the entry is empty. */
const auditOf = (paused: boolean, by: Actor, at: Date): AuditEntry => ({
  ...by,
  at,
  action: paused ? 'installs.paused' : 'installs.resumed',
  ...{ crmAccountId: '', wazzupAccountId: null, generation: 0 },
})

const readNow = read(installsNow)

/** Whether new customers may connect. */
export const installs = (run: Run): InstallsStore => ({
  read: () => run(readNow),
  set: (reason, by, now) => run(setInstalls, reason, by, now),
})
