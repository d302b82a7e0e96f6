import type { ClaimStore, ParkedStore } from '../port.ts'
import type { Session } from './database.ts'
import { statement } from './statement.ts'

const CLAIM = statement('INSERT INTO claims (key, until) VALUES (@key, @until) ON CONFLICT (key) DO NOTHING')

const PARK = statement(`
  INSERT INTO parked (attempt_id, id_hash, answer_sealed, until) VALUES (@attemptId, @idHash, @answer, @until)
  ON CONFLICT (attempt_id) DO UPDATE SET id_hash = excluded.id_hash, answer_sealed = excluded.answer_sealed,
    until = excluded.until`)

const FIND = statement<{ answer_sealed: string }>(
  'SELECT answer_sealed FROM parked WHERE id_hash = @idHash AND until > @now',
)

export function claims(db: Session): ClaimStore {
  return { claim: async (key, until) => (await db.run(CLAIM, { key, until: until.getTime() })) === 1 }
}

export function parked(db: Session): ParkedStore {
  return {
    async put(parked) {
      await db.run(PARK, { ...parked, until: parked.until.getTime() })
    },
    find: async (idHash, now) => (await db.one(FIND, { idHash, now: now.getTime() }))?.answer_sealed ?? null,
  }
}
