import { moment } from '../moment.ts'
import type { AddressCheck, ClaimedUpload, CurrentKey, UploadStep, UploadStore } from '../port.ts'
import { shown, USABLE, type ClaimRow } from '../upload-rows.ts'
import { keyOfGeneration } from './current-key.ts'
import { alone, one, read, run, single, sql, type Run, type Steps } from './operation.ts'
import { stepsOf } from './uploads.ts'

const DUE = `due_at <= @now AND ${USABLE}`

const ANY_DUE = sql<object>(`SELECT 1 FROM uploads WHERE ${DUE} LIMIT 1`)

/** Claiming is one statement, so that of several replicas one has the upload. */
const CLAIM = sql<ClaimRow>(`
  UPDATE uploads SET status = 'running', runner = @runner, due_at = @leaseUntil
  WHERE generation_id = (SELECT generation_id FROM uploads WHERE ${DUE} ORDER BY due_at LIMIT 1 {skip locked})
  RETURNING generation_id, tries, failing_since`)

const anyDue = read(function* (now: Date): Steps<boolean> {
  return (yield* one(ANY_DUE, { now })) !== undefined
})

const claimDue = single(function* (runner: string, now: Date, leaseUntil: Date): Steps<ClaimedUpload | null> {
  const row = yield* one(CLAIM, { runner, now, leaseUntil })
  const key = row && (yield* keyOfGeneration(row.generation_id))
  if (!key) return null
  const trouble = { tries: row.tries, since: moment(row.failing_since) }
  return { key, runner, trouble, steps: yield* stepsOf(row.generation_id) }
})

/** An address that was registered just now has been read back. `checked`: a range of the index, so that it is found at once. */
const unchecked = (checked: string) => `
  due_at IS NULL AND ${checked} AND ${USABLE}
  AND EXISTS (SELECT 1 FROM upload_steps WHERE upload_steps.generation_id = uploads.generation_id
    AND kind = 'webhooks' AND ended_at <= @uncheckedSince)`

/** Those first that never were compared. */
const RANGES = ['checked_at IS NULL', 'checked_at <= @uncheckedSince'].map((range) => ({
  any: sql<object>(`SELECT 1 FROM uploads WHERE ${unchecked(range)} LIMIT 1`),
  claim: sql<{ generation_id: string }>(`
    UPDATE uploads SET checked_at = @now
    WHERE generation_id = (
      SELECT generation_id FROM uploads WHERE ${unchecked(range)} ORDER BY checked_at LIMIT 1 {skip locked})
    RETURNING generation_id`),
}))

interface Check {
  key: CurrentKey
  steps: UploadStep[]
}

const claimCheck = single(function* (uncheckedSince: Date, now: Date): Steps<Check | null> {
  for (const { any, claim } of RANGES) {
    // Most of the time there is none: looking waits for nobody.
    const row = (yield* one(any, { uncheckedSince })) && (yield* one(claim, { uncheckedSince, now }))
    const key = row && (yield* keyOfGeneration(row.generation_id))
    if (key) return { key, steps: (yield* stepsOf(key.generationId)).map(shown) }
  }
  return null
})

/** A run that ended after the comparison began has seen more of the address than the comparison has. */
const NOTE_STEP = sql(`
  UPDATE upload_steps SET status = @status, reason = @reason
  WHERE generation_id = @generationId AND kind = 'webhooks' AND ended_at <= @at
    AND generation_id IN (SELECT generation_id FROM uploads WHERE due_at IS NULL)`)

const NOTE_UPLOAD = sql(
  'UPDATE uploads SET status = @status, reason = @reason WHERE generation_id = @generationId',
)

const noteCheck = alone(function* (generationId: string, { step, upload, at }: AddressCheck): Steps<boolean> {
  if ((yield* run(NOTE_STEP, { generationId, at, ...step })) === 0) return false
  yield* run(NOTE_UPLOAD, { generationId, ...upload })
  return true
})

const POSTPONE = sql('UPDATE uploads SET checked_at = @at WHERE generation_id = @generationId')

const postponeCheck = single(function* (generationId: string, at: Date): Steps<void> {
  yield* run(POSTPONE, { generationId, at })
})

type Claims = Pick<UploadStore, 'claimDue' | 'claimCheck' | 'noteCheck' | 'postponeCheck'>

/** Which upload, and whose webhooks address, a worker takes next. */
export const uploadClaims = (run: Run): Claims => ({
  // Most of the time there is none: looking waits for nobody.
  claimDue: async (runner, now, leaseUntil) =>
    (await run(anyDue, now)) ? run(claimDue, runner, now, leaseUntil) : null,
  claimCheck: (uncheckedSince, now) => run(claimCheck, uncheckedSince, now),
  noteCheck: (generationId, check) => run(noteCheck, generationId, check),
  postponeCheck: (generationId, at) => run(postponeCheck, generationId, at),
})
