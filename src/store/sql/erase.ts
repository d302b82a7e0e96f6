import { toAuditEntry, type AuditRow } from '../audit.ts'
import { stageAt } from '../change.ts'
import type { Actor, Erased, PersonsKept } from '../port.ts'
import { addToAudit } from './audit.ts'
import { accountLock } from './locks.ts'
import { all, alone, one, read, run, sql, type Steps } from './operation.ts'

/** Condition on `exchanges`. */
const OF_ACCOUNT = `exchanges.generation_id IN (
    SELECT generations.id FROM generations JOIN connections ON connections.id = connection_id
    WHERE connections.crm_account_id = @crmAccountId)`

/** Everybody who is known to have acted for the account: their ids and their names. */
const PERSONS = sql<{ name: string }>(`
  SELECT user_id AS name FROM exchanges WHERE ${OF_ACCOUNT} UNION SELECT user_name FROM exchanges WHERE ${OF_ACCOUNT}
  UNION SELECT user_id FROM attempts WHERE crm_account_id = @crmAccountId
  UNION SELECT user_name FROM attempts WHERE crm_account_id = @crmAccountId`)

/**
 * Conditions on `audit`. What an operator did stays with the operator's name, unless it is that of a person of the account: a
 * CRM may let its customers disconnect by themselves, and say their names.
 */
const BY_ITS_PERSONS = `crm_account_id = @crmAccountId AND (action IN ('connection.connected', 'connection.superseded')
    OR action IN ('connection.disconnected', 'api_key.read') AND user_name IN {each names})`

/** The connect of the same moment, by the same person. */
const TAKEN_BY_ITS_PERSONS = `action = 'connection.taken_over'
    AND at IN (SELECT at FROM audit WHERE crm_account_id = @crmAccountId AND action = 'connection.connected')
    AND EXISTS (SELECT 1 FROM audit AS own WHERE own.crm_account_id = @crmAccountId AND own.action = 'connection.connected'
      AND own.at = audit.at AND own.user_id = audit.user_id AND own.user_name = audit.user_name AND own.address = audit.address)`

/** Who has taken the key of the account stands there as somebody who has ended its connection. */
const TAKEN_FROM_IT = "crm_account_id = @crmAccountId AND action = 'connection.taken_over'"

const emptyAudit = (which: string) =>
  sql(`
    UPDATE audit SET user_id = '', user_name = '', address = ''
    WHERE (user_id <> '' OR user_name <> '' OR address <> '') AND (${which})`)

interface Found {
  id: string | null
  wazzup_account_id: string | null
  not_ended: number
}

const FIND = sql<Found>(`
  SELECT connections.id, connections.wazzup_account_id, CASE WHEN EXISTS (
    SELECT 1 FROM generations WHERE connection_id = connections.id AND generations.status <> 'ended') THEN 1 ELSE 0 END AS not_ended
  FROM connections WHERE connections.crm_account_id = @crmAccountId`)

/** Somebody has logged in for it, and no more. */
const ONLY_ATTEMPTS = sql<object>(`
  SELECT 1 FROM attempts WHERE crm_account_id = @crmAccountId
  UNION ALL SELECT 1 FROM audit WHERE crm_account_id = @crmAccountId LIMIT 1`)

/** Each is asked in this order: those behind look for what those before have emptied. */
const EMPTYING = [
  emptyAudit(TAKEN_BY_ITS_PERSONS),
  emptyAudit(`${BY_ITS_PERSONS} OR ${TAKEN_FROM_IT}`),
  // Answers of the login, sealed, for a minute.
  sql(`
    DELETE FROM parked WHERE EXISTS (SELECT 1 FROM attempts WHERE crm_account_id = @crmAccountId
      AND substr(parked.attempt_id, 1, length(attempts.id)) = attempts.id)`),
  // Who stands before the confirm page has to log in again.
  sql(`
    UPDATE attempts SET status = 'arrived', login_sealed = NULL, user_id = NULL, user_name = NULL, crm_account_id = NULL,
      crm_account_name = NULL, role = NULL
    WHERE crm_account_id = @crmAccountId AND status = 'identified'`),
  sql(`
    UPDATE attempts SET login_sealed = NULL, user_id = '', user_name = '', crm_account_name = '', role = NULL
    WHERE crm_account_id = @crmAccountId AND (user_id <> '' OR user_name <> '' OR crm_account_name <> '')`),
  sql(`
    UPDATE exchanges SET name = '', crm_account_name = '', user_id = '', user_name = '', address = ''
    WHERE ${OF_ACCOUNT} AND (name <> '' OR crm_account_name <> '' OR user_id <> '' OR user_name <> '' OR address <> '')`),
  // With their steps and rejects.
  sql('DELETE FROM uploads WHERE generation_id IN (SELECT id FROM generations WHERE connection_id = @id)'),
  sql(`
    UPDATE connections SET crm_account_name = '', erased_at = {now}
    WHERE id = @id AND (crm_account_name <> '' OR erased_at IS NULL)`),
]

/**
 * Empties the persons of an account that has ended in every table, and leaves the facts. Under the lock of the account: what
 * could write them down once more waits, and finds nothing to go on with.
 */
export const erase = alone(
  (crmAccountId) => accountLock({ crmAccountId }),
  function* (crmAccountId: string, by: Actor, now: Date): Steps<Erased> {
    const found = yield* one(FIND, { crmAccountId })
    if (found?.not_ended === 1) return { kind: 'not_ended' }
    if (!found && !(yield* one(ONLY_ATTEMPTS, { crmAccountId }))) return { kind: 'unknown' }
    const values = { crmAccountId, id: found?.id ?? null, names: yield* personsOf(crmAccountId) }
    let rows = 0
    for (const statement of EMPTYING) rows += yield* run(statement, values)
    if (rows > 0)
      yield* addToAudit({
        ...{ ...by, at: now, action: 'connection.erased' },
        ...{ crmAccountId, wazzupAccountId: found?.wazzup_account_id ?? null, generation: 0 },
      })
    return { kind: 'erased', rows }
  },
)

function* personsOf(crmAccountId: string): Steps<string[]> {
  const found = yield* all(PERSONS, { crmAccountId })
  return found.map(({ name }) => name).filter((name) => name !== '')
}

const NAME = sql<{ name: string }>(
  'SELECT crm_account_name AS name FROM connections WHERE crm_account_id = @crmAccountId',
)

type Row<T> = Omit<T, 'at'> & { at: number }

const ATTEMPTS = sql<Row<{ at: Date } & Omit<PersonsKept['attempts'][number], 'createdAt'>>>(`
  SELECT created_at AS at, support_id AS "supportId", status, user_id AS "userId", user_name AS "userName", role,
    crm_account_name AS "crmAccountName"
  FROM attempts WHERE crm_account_id = @crmAccountId AND user_id <> '' ORDER BY created_at, id`)

const EXCHANGES = sql<Row<{ at: Date } & Omit<PersonsKept['exchanges'][number], 'confirmedAt'>>>(`
  SELECT exchanges.created_at AS at, support_id AS "supportId", exchanges.status, name, crm_account_name AS "crmAccountName",
    user_id AS "userId", user_name AS "userName", address
  FROM exchanges WHERE ${OF_ACCOUNT} AND user_id <> '' ORDER BY exchanges.created_at, state_hash`)

const AUDIT = sql<AuditRow>(`
  SELECT at, action, user_id, user_name, crm_account_id, wazzup_account_id, generation, address
  FROM audit WHERE (${BY_ITS_PERSONS} OR ${TAKEN_BY_ITS_PERSONS}) AND user_id <> '' ORDER BY id`)

interface RowOfCrm {
  kind: string
  rowId: string
}

const REJECTS = sql<RowOfCrm>(`
  SELECT kind, row_id AS "rowId" FROM upload_rejects JOIN generations ON generations.id = generation_id
  JOIN connections ON connections.id = connection_id
  WHERE crm_account_id = @crmAccountId AND row_id IS NOT NULL ORDER BY upload_rejects.id`)

const REJECTED_CHANGES = sql<{ stage: number; rowId: string }>(`
  SELECT stage, row_id AS "rowId" FROM change_rejects JOIN connections ON connections.id = connection_id
  WHERE crm_account_id = @crmAccountId ORDER BY change_rejects.id`)

const CHANGES = sql<PersonsKept['changes'][number]>(`
  SELECT row_changes.id, kind, row_id AS "rowId", row_sealed AS "row" FROM row_changes JOIN connections ON connections.id = connection_id
  WHERE crm_account_id = @crmAccountId ORDER BY number`)

/** What is kept of the persons of an account, whether it is connected or not. */
export const persons = read(function* (crmAccountId: string): Steps<PersonsKept | null> {
  const values = { crmAccountId, names: yield* personsOf(crmAccountId) }
  const account = yield* one(NAME, values)
  const attempts = yield* all(ATTEMPTS, values)
  if (!account && attempts.length === 0) return null
  return {
    crmAccountId,
    crmAccountName: account?.name ?? null,
    attempts: attempts.map(({ at, ...attempt }) => ({ createdAt: new Date(at), ...attempt })),
    exchanges: (yield* all(EXCHANGES, values)).map(({ at, ...exchange }) => ({
      ...{ confirmedAt: new Date(at), ...exchange },
    })),
    audit: (yield* all(AUDIT, values)).map(toAuditEntry),
    rejects: [
      ...(yield* all(REJECTS, values)),
      ...(yield* all(REJECTED_CHANGES, values)).map(({ stage, rowId }) => ({
        kind: stageAt(stage).kind,
        rowId,
      })),
    ],
    changes: yield* all(CHANGES, values),
  }
})
