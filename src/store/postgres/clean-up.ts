import { cleanUpMoments } from '../clean-up-moments.ts'
import type { Database } from './database.ts'
import { endGeneration } from './generations.ts'
import { statement } from './statement.ts'

/** Rows that another replica cleans up this moment are left to it. */
const bounded = (table: string, key: string, condition: string) => `
  WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${condition} LIMIT @limit FOR UPDATE SKIP LOCKED)`

const STATEMENTS = [
  `UPDATE attempts SET state_sealed = NULL, login_sealed = NULL
    ${bounded('attempts', 'id', 'expires_at <= @now AND (state_sealed IS NOT NULL OR login_sealed IS NOT NULL)')}`,
  `DELETE FROM attempts ${bounded('attempts', 'id', "user_id IS NULL AND status <> 'failed' AND expires_at <= @hourAgo")}`,
  `DELETE FROM attempts ${bounded('attempts', 'id', 'expires_at <= @longAgo')}`,
  `DELETE FROM claims ${bounded('claims', 'key', 'until <= @now')}`,
  `DELETE FROM parked ${bounded('parked', 'attempt_id', 'until <= @now')}`,
].map((sql) => statement(sql))

const OUTLIVED = statement<{ id: string }>(
  'SELECT id FROM generations WHERE resolves_until <= @now LIMIT @limit',
)

const UNSENT = statement<{ id: string }>(`
  UPDATE exchanges SET state_sealed = NULL WHERE state_hash IN (
    SELECT exchanges.state_hash FROM exchanges LEFT JOIN attempts ON attempts.id = attempt_id
    WHERE exchanges.status = 'failed' AND exchanges.state_sealed IS NOT NULL
      AND (attempts.id IS NULL OR attempts.expires_at <= @now) LIMIT @limit)
  RETURNING generation_id AS id`)

/** Small batches, each statement a transaction of its own: the service goes on serving in between. */
export function cleanUp(db: Database) {
  return async (now: Date, limit: number): Promise<number> => {
    const values = { ...cleanUpMoments(now), limit }
    let touched = 0
    for (const each of STATEMENTS) touched += await db.run(each, values)
    return touched + (await endOutlivedKeys(db, values))
  }
}

/** Keys whose grace is over, and those of exchanges that nobody came back to send again. */
const endOutlivedKeys = (db: Database, values: object) =>
  db.exclusive(async (session) => {
    const rows = [...(await session.all(OUTLIVED, values)), ...(await session.all(UNSENT, values))]
    for (const { id } of rows) await endGeneration(session, id)
    return rows.length
  })
