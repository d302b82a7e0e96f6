import { errorFields } from '../../observability/error-fields.ts'
import { StoreUnavailable } from '../errors.ts'
import type { FoundDatabase, Inspection } from '../inspection.ts'
import { recordsOf } from '../sql/store.ts'
import { openDatabase, type Database } from './database.ts'
import { runner } from './run.ts'
import { has, schemaState } from './schema.ts'
import { statement } from './statement.ts'
import { hindranceTo } from './writable.ts'

const ACCOUNT = statement<{ id: string }>(
  "SELECT crm_account_id AS id FROM connections WHERE status = 'connected' LIMIT 1",
)

/** Looks at a database, and writes nothing. */
export async function inspectPostgres(url: string): Promise<Inspection> {
  const db = openDatabase(url)
  try {
    return await look(db)
  } catch (error) {
    const cause = error instanceof StoreUnavailable ? error.cause : error
    return { kind: 'unusable', code: errorFields(cause).code ?? 'unknown' }
  } finally {
    await db.close()
  }
}

async function look(db: Database): Promise<FoundDatabase> {
  const hindrance = await hindranceTo(db)
  const account = (await has(db, 'connections')) ? await db.one(ACCOUNT) : undefined
  return {
    ...{ kind: 'found', readOnly: hindrance && 'read_only', ...(await schemaState(db)) },
    sealingKeys: (await has(db, 'sealing_keys')) ? await recordsOf(runner(db)).sealingKeys.all() : [],
    account: account?.id ?? null,
  }
}
