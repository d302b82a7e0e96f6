import { digest } from '../../crypto/digest.ts'
import type { ClaimStore, NoteStore, Parked, ParkedStore } from '../port.ts'
import { one, read, run, single, sql, type Run, type Steps } from './operation.ts'

const CLAIM = sql(
  'INSERT INTO claims (key, until) VALUES (@key, {now} + CAST(@keptFor AS bigint)) ON CONFLICT (key) DO NOTHING',
)

const claim = single(function* (key: string, keptFor: number): Steps<boolean> {
  return (yield* run(CLAIM, { key, keptFor })) === 1
})

/** They lie beside the claims, which the release before cleans up, too. The service may not change a row there. */
const noteKey = (note: string) => `note:${note}`

const FORGET_NOTE = sql('DELETE FROM claims WHERE key = @key AND until <= {now}')
const KEEP_NOTE = sql(
  'INSERT INTO claims (key, until) VALUES (@key, {now} + @life) ON CONFLICT (key) DO NOTHING',
)
const HAS_NOTE = sql<object>('SELECT 1 FROM claims WHERE key = @key AND until > {now}')

const keepNote = single(function* (note: string, life: number): Steps<void> {
  const key = noteKey(note)
  for (const step of [FORGET_NOTE, KEEP_NOTE]) yield* run(step, { key, life })
})

const hasNote = read(function* (note: string): Steps<boolean> {
  return (yield* one(HAS_NOTE, { key: noteKey(note) })) !== undefined
})

/** Answers of one attempt and sender at a time. A browser that sends its form again needs two. */
const KEPT = 8

/**
 * Answers of one attempt and address that prove no sender: all, while the keys of the CRM are out of reach. It bounds the table.
 * At the default of ATTEMPTS_PER_ADDRESS each replica lets in 1200 from there in a minute, and twice as many around the end of
 * one: with up to two replicas the honest answer among them stays. With more of them, a higher setting, or none, who shares its
 * address can push it out, and that customer logs in once more.
 */
const KEPT_UNPROVED = 5000

/** The key of the table is still called after the attempt, of which the release before keeps one answer. */
const PARK = sql(
  'INSERT INTO parked (attempt_id, id_hash, answer_sealed, until) VALUES (@key, @idHash, @answer, {now} + CAST(@keptFor AS bigint))',
)

const MAKE_ROOM = sql(`
  WITH too_old AS MATERIALIZED (SELECT attempt_id FROM parked WHERE attempt_id > @first AND attempt_id < @last
    ORDER BY until DESC, attempt_id LIMIT 100 OFFSET @kept)
  DELETE FROM parked WHERE attempt_id IN (SELECT attempt_id FROM too_old)`)

const put = single(function* ({ attemptId, sender, from, ...parked }: Parked): Steps<void> {
  const by = sender === null ? `${attemptId}~${digest(from)}` : `${attemptId}.${digest(sender)}`
  const most = sender === null ? KEPT_UNPROVED : KEPT
  // `;` is the character after `:`, and neither occurs in an id.
  yield* run(MAKE_ROOM, { first: `${by}:`, last: `${by};`, kept: most - 1 })
  yield* run(PARK, { ...parked, key: `${by}:${parked.idHash}` })
})

const FIND = sql<{ answer_sealed: string }>(
  'SELECT answer_sealed FROM parked WHERE id_hash = @idHash AND until > {now}',
)

const find = read(function* (idHash: string): Steps<string | null> {
  return (yield* one(FIND, { idHash }))?.answer_sealed ?? null
})

export const claims = (run: Run): ClaimStore => ({ claim: (key, keptFor) => run(claim, key, keptFor) })

export const notes = (run: Run): NoteStore => ({
  keep: (note, life) => run(keepNote, note, life),
  has: (note) => run(hasNote, note),
})

export const parked = (run: Run): ParkedStore => ({
  put: (answer) => run(put, answer),
  find: (idHash) => run(find, idHash),
})
