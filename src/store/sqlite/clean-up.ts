import type { Database } from 'better-sqlite3'
import { cleanUpMoments } from '../clean-up-moments.ts'
import { guarded } from './guarded.ts'
import { endGeneration } from './generations.ts'
import { immediate } from './immediate.ts'

/** Small batches, each statement a transaction of its own: the service goes on serving in between. */
export function cleanUp(db: Database) {
  const bounded = (table: string, condition: string) =>
    `WHERE rowid IN (SELECT rowid FROM ${table} WHERE ${condition} LIMIT @limit)`
  const statements = [
    db.prepare(`UPDATE attempts SET state_sealed = NULL, login_sealed = NULL
      ${bounded('attempts', 'expires_at <= @now AND (state_sealed IS NOT NULL OR login_sealed IS NOT NULL)')}`),
    db.prepare(
      `DELETE FROM attempts ${bounded('attempts', "user_id IS NULL AND status <> 'failed' AND expires_at <= @hourAgo")}`,
    ),
    db.prepare(`DELETE FROM attempts ${bounded('attempts', 'expires_at <= @longAgo')}`),
    db.prepare(`DELETE FROM claims ${bounded('claims', 'until <= @now')}`),
    db.prepare(`DELETE FROM parked ${bounded('parked', 'until <= @now')}`),
  ]
  const endKeys = endOutlivedKeys(db)
  return (now: Date, limit: number) =>
    guarded(db, () => {
      const values = { ...cleanUpMoments(now), limit }
      const changes = statements.map((statement) => statement.run(values).changes)
      return changes.reduce((sum, n) => sum + n, endKeys(values))
    })
}

/** Keys whose grace is over, and those of exchanges that nobody came back to send again. */
function endOutlivedKeys(db: Database) {
  const outlived = db.prepare<object, { id: string }>(
    'SELECT id FROM generations WHERE resolves_until <= @now LIMIT @limit',
  )
  const unsent = db.prepare<object, { id: string }>(`
    UPDATE exchanges SET state_sealed = NULL WHERE rowid IN (
      SELECT exchanges.rowid FROM exchanges LEFT JOIN attempts ON attempts.id = attempt_id
      WHERE exchanges.status = 'failed' AND exchanges.state_sealed IS NOT NULL
        AND (attempts.id IS NULL OR attempts.expires_at <= @now) LIMIT @limit)
    RETURNING generation_id AS id`)
  const end = endGeneration(db)
  return immediate(db, (values: object) => {
    const rows = [...outlived.all(values), ...unsent.all(values)]
    for (const { id } of rows) end(id)
    return rows.length
  })
}
