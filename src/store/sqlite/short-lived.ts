import type { Database } from 'better-sqlite3'
import type { ClaimStore, ParkedStore } from '../port.ts'
import { guarded } from './guarded.ts'

export function claims(db: Database): ClaimStore {
  const insert = db.prepare(
    'INSERT INTO claims (key, until) VALUES (@key, @until) ON CONFLICT (key) DO NOTHING',
  )
  return {
    claim: (key, until) => guarded(db, () => insert.run({ key, until: until.getTime() }).changes === 1),
  }
}

export function parked(db: Database): ParkedStore {
  const insert = db.prepare(`
    INSERT INTO parked (attempt_id, id_hash, answer_sealed, until) VALUES (@attemptId, @idHash, @answer, @until)
    ON CONFLICT (attempt_id) DO UPDATE SET id_hash = @idHash, answer_sealed = @answer, until = @until`)
  const select = db.prepare<[string, number], { answer_sealed: string }>(
    'SELECT answer_sealed FROM parked WHERE id_hash = ? AND until > ?',
  )
  return {
    put: (parked) =>
      guarded(db, () => {
        insert.run({ ...parked, until: parked.until.getTime() })
      }),
    find: (idHash, now) => guarded(db, () => select.get(idHash, now.getTime())?.answer_sealed ?? null),
  }
}
