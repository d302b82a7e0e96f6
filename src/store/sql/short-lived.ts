import type { ClaimStore, Parked, ParkedStore } from '../port.ts'
import { one, read, run, single, sql, type Run, type Steps } from './operation.ts'

const CLAIM = sql(
  'INSERT INTO claims (key, until) VALUES (@key, {now} + CAST(@keptFor AS bigint)) ON CONFLICT (key) DO NOTHING',
)

const claim = single(function* (key: string, keptFor: number): Steps<boolean> {
  return (yield* run(CLAIM, { key, keptFor })) === 1
})

const PARK = sql(`
  INSERT INTO parked (attempt_id, id_hash, answer_sealed, until) VALUES (@attemptId, @idHash, @answer, {now} + @keptFor)
  ON CONFLICT (attempt_id) DO UPDATE SET id_hash = excluded.id_hash, answer_sealed = excluded.answer_sealed,
    until = excluded.until`)

const put = single(function* (parked: Parked): Steps<void> {
  yield* run(PARK, parked)
})

const FIND = sql<{ answer_sealed: string }>(
  'SELECT answer_sealed FROM parked WHERE id_hash = @idHash AND until > {now}',
)

const find = read(function* (idHash: string): Steps<string | null> {
  return (yield* one(FIND, { idHash }))?.answer_sealed ?? null
})

export const claims = (run: Run): ClaimStore => ({ claim: (key, keptFor) => run(claim, key, keptFor) })

export const parked = (run: Run): ParkedStore => ({
  put: (answer) => run(put, answer),
  find: (idHash) => run(find, idHash),
})
