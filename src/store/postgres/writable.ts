import { StoreUnusable } from '../errors.ts'
import type { Session } from './database.ts'
import { READ_ONLY_HINT } from './refusals.ts'
import { statement } from './statement.ts'

/** `standby` passes when the server is promoted; the others are for somebody to mend. */
type Hindrance = 'standby' | 'read_only' | 'no_rights'

const HINDRANCE = statement<{ hindrance: Hindrance | null }>(`
  SELECT CASE
    WHEN pg_is_in_recovery() THEN 'standby'
    WHEN current_setting('default_transaction_read_only')::boolean THEN 'read_only'
    WHEN EXISTS (
      SELECT 1 FROM json_each_text(@rights::json) AS needed (name, rights), regexp_split_to_table(rights, ' ') AS one
      WHERE NOT has_table_privilege(to_regclass(name), one)
    ) THEN 'no_rights'
  END AS hindrance`)

/** What the service does to its tables. A trigger keeps the audit from all but additions, erasures and what goes by time. */
export const RIGHTS = {
  sealing_keys: 'SELECT INSERT DELETE',
  attempts: 'SELECT INSERT UPDATE DELETE',
  connections: 'SELECT INSERT UPDATE',
  generations: 'SELECT INSERT UPDATE',
  exchanges: 'SELECT INSERT UPDATE',
  uploads: 'SELECT INSERT UPDATE DELETE',
  switch_offs: 'SELECT INSERT UPDATE DELETE',
  deliveries: 'SELECT INSERT UPDATE DELETE',
  change_queues: 'SELECT INSERT UPDATE',
  row_changes: 'SELECT INSERT UPDATE DELETE',
  change_rejects: 'SELECT INSERT DELETE',
  upload_steps: 'SELECT INSERT UPDATE DELETE',
  upload_rejects: 'SELECT INSERT DELETE',
  installs: 'SELECT INSERT UPDATE',
  audit: 'SELECT INSERT UPDATE DELETE',
  claims: 'SELECT INSERT DELETE',
  parked: 'SELECT INSERT UPDATE DELETE',
  health_writes: 'SELECT INSERT UPDATE',
  // Written by triggers, with the rights of the owner.
  changes: 'SELECT',
  epochs: 'SELECT',
  lookups: 'SELECT',
}

/** What is to be done about each. */
export const HINTS: Record<Hindrance, string> = {
  standby: 'The server of DATABASE_URL is a standby: point at the primary, or promote it.',
  read_only: READ_ONLY_HINT,
  no_rights:
    'The role in DATABASE_URL lacks rights, for the tables of an update perhaps: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES and, for wauth backup, SELECT ON ALL SEQUENCES to it.',
}

/** What keeps the role of this session from writing to the tables that there are; null when nothing does. */
export const hindranceTo = async (session: Session): Promise<Hindrance | null> =>
  (await session.one(HINDRANCE, { rights: JSON.stringify(RIGHTS) }))?.hindrance ?? null

/**
 * A standby may be promoted at any moment, so that a service may start on it, and is not ready.
 * @throws StoreUnusable when somebody has to change the role or the server first
 */
export async function mustBeWritable(session: Session): Promise<void> {
  const hindrance = await hindranceTo(session)
  if (hindrance === null || hindrance === 'standby') return
  throw new StoreUnusable('The database cannot be written to', {
    code: 'database_cannot_open',
    hint: HINTS[hindrance],
  })
}
