import type { Database } from 'better-sqlite3'
import { supportIdOf } from '../../shared/support-id.ts'
import { ANY_NUMBER } from '../attempt.ts'
import type { AttemptStore, NewAttempt, Opened } from '../port.ts'
import type { DatabaseTime } from './database-time.ts'
import { guarded } from './guarded.ts'
import { immediate } from './immediate.ts'

/**
 * Opens an attempt, if need be in the place of one that nobody has logged in for. PostgreSQL does it in one statement, to
 * make one trip and to hold no lock; here the one lock makes sure that nobody takes the last place in between.
 */
export function opening(db: Database, { now }: DatabaseTime): AttemptStore['open'] {
  const insert = db.prepare(`
    INSERT INTO attempts (id, support_id, state_hash, state_sealed, browser_hash, status, wazzup_account_id, created_at, expires_at)
    VALUES (@id, @supportId, @stateHash, @state, @browserHash, 'arrived', @wazzupAccountId, @createdAt, @expiresAt)`)
  const ofNobody = 'FROM attempts INDEXED BY attempts_of_nobody WHERE user_id IS NULL'
  const count = db.prepare<[number], { n: number }>(
    `SELECT count(*) AS n FROM (SELECT 1 ${ofNobody} LIMIT +?)`,
  )
  const makeRoom = db.prepare(
    `DELETE FROM attempts WHERE id = (SELECT id ${ofNobody} AND login_sealed IS NULL ORDER BY expires_at LIMIT 1)`,
  )
  const pause = db.prepare('SELECT 1 FROM installs WHERE paused = 1')
  const open = immediate(db, (attempt: NewAttempt, most: number): Opened => {
    if (pause.get() !== undefined) return 'paused'
    const isFull = (count.get(most)?.n ?? 0) >= most
    if (isFull && makeRoom.run().changes === 0) return 'full'
    const createdAt = now()
    const expiresAt = createdAt + attempt.life
    insert.run({ ...attempt, supportId: supportIdOf(attempt.id), createdAt, expiresAt })
    return 'opened'
  })
  return (attempt, most = ANY_NUMBER) => guarded(db, () => open(attempt, most))
}
