import type { FoundDatabase, Inspection } from '../inspection.ts'
import { recordsOf } from '../sql/store.ts'
import { openDatabase, type Database } from './database.ts'
import { mustHoldAnyText } from './encoding.ts'
import { codeOf } from './guarded.ts'
import { mustKeepSessions } from './keeps-sessions.ts'
import { runner } from './run.ts'
import { has, schemaState } from './schema.ts'
import { CHECK_ADDRESS, startError } from './start-error.ts'
import { statement } from './statement.ts'
import { HINTS, hindranceTo } from './writable.ts'

const ACCOUNT = statement<{ id: string }>(
  "SELECT crm_account_id AS id FROM connections WHERE status = 'connected' LIMIT 1",
)

/** Looks at a database, and writes nothing. */
export async function inspectPostgres(url: string): Promise<Inspection> {
  const db = openDatabase(url)
  try {
    await mustKeepSessions(db, 'command')
    await mustHoldAnyText(db)
    return await look(db)
  } catch (cause) {
    return unusable(cause, url)
  } finally {
    await db.close()
  }
}

function unusable(cause: unknown, url: string): Inspection {
  const detail = { code: 'database_cannot_open', hint: CHECK_ADDRESS, cause }
  const { code, message, hint, cause: root } = startError('it cannot be opened', detail, url)
  return { kind: 'unusable', code: codeOf(root) || code, says: message, hint }
}

async function look(db: Database): Promise<FoundDatabase> {
  const hindrance = await hindranceTo(db)
  const account = (await has(db, 'connections')) ? await db.one(ACCOUNT) : undefined
  return {
    ...{ kind: 'found', readOnly: hindrance, ...(await schemaState(db)) },
    sealingKeys: (await has(db, 'sealing_keys')) ? await recordsOf(runner(db)).sealingKeys.all() : [],
    account: account?.id ?? null,
    ...(hindrance !== null && { hint: HINTS[hindrance] }),
  }
}
