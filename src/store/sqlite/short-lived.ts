import type { Database } from 'better-sqlite3'
import type { ClaimStore, ParkedStore } from '../port.ts'
import { guarded } from './errors.ts'

export function claims(db: Database): ClaimStore {
  const insert = db.prepare(
    'INSERT INTO claims (key, until) VALUES (@key, @until) ON CONFLICT (key) DO NOTHING',
  )
  return {
    claim: (key, until) => guarded(() => insert.run({ key, until: until.getTime() }).changes === 1),
  }
}

export function parked(db: Database): ParkedStore {
  const insert = db.prepare(
    'INSERT INTO parked (id_hash, answer_sealed, until) VALUES (@idHash, @answer, @until)',
  )
  const select = db.prepare<[string, number], { answer_sealed: string }>(
    'SELECT answer_sealed FROM parked WHERE id_hash = ? AND until > ?',
  )
  return {
    put: (idHash, answer, until) =>
      guarded(() => {
        insert.run({ idHash, answer, until: until.getTime() })
      }),
    find: (idHash, now) => guarded(() => select.get(idHash, now.getTime())?.answer_sealed ?? null),
  }
}
