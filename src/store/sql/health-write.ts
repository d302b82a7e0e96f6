import { run, single, sql, type Steps } from './operation.ts'

const WRITE = sql(`
  INSERT INTO health_writes (id, written_at) VALUES (1, @now)
  ON CONFLICT (id) DO UPDATE SET written_at = excluded.written_at`)

/** Writes the one row that is kept for it. */
export const writeHealth = single(function* (now: Date): Steps<void> {
  yield* run(WRITE, { now })
})
