import type {
  AddressCheck,
  Claim,
  ClaimedUpload,
  CurrentKey,
  Lease,
  Noted,
  SeenHealth,
  StoreEvent,
  UploadStep,
  UploadStore,
} from '../port.ts'
import { BRINGS_DATA } from '../change.ts'
import { shown, USABLE } from '../upload.ts'
import { changeHealth } from './key-health.ts'
import { keysOfGeneration } from './current-key.ts'
import { LEASES, shownBy } from './lease.ts'
import { generationLock } from './locks.ts'
import { alone, one, read, run, single, sql, type Run, type Steps } from './operation.ts'
import { hold, tell } from './tell.ts'
import { stepsOf } from './uploads.ts'

/** Somebody sends changes of the same data this moment. No more are taken while an upload waits: see `change-runs.ts`. */
const CROSSES = `${BRINGS_DATA} AND EXISTS (
  SELECT 1 FROM change_queues WHERE change_queues.generation_id = uploads.generation_id
    AND change_queues.runner IS NOT NULL AND change_queues.due_at > {now})`

const DUE = `due_at <= {now} AND ${USABLE} AND NOT (${CROSSES})`

const ANY_DUE = sql<object>(`SELECT 1 FROM uploads WHERE ${DUE} LIMIT 1`)

/** What a claim of an upload yields. */
interface ClaimRow {
  generation_id: string
  tries: number
  spent: number | null
}

/**
 * Claiming is one statement, so that of several replicas one has the upload. A worker that compares its address loses that: a run
 * sees more of the address than a comparison. Since it was due nobody has tried, so that time is no trouble.
 */
const CLAIM = sql<ClaimRow>(`
  UPDATE uploads SET status = 'running', failing_since = failing_since + ({now} - due_at), ${LEASES.upload.take},
    ${LEASES.check.leave}
  WHERE generation_id = (SELECT generation_id FROM uploads WHERE ${DUE} ORDER BY due_at LIMIT 1 {skip locked})
  RETURNING generation_id, tries, {now} - failing_since AS spent`)

const anyDue = read(function* (): Steps<boolean> {
  return (yield* one(ANY_DUE)) !== undefined
})

const claimDue = single(function* (lease: Lease): Steps<ClaimedUpload | null> {
  const { runner } = lease
  const row = yield* one(CLAIM, lease)
  const key = row && (yield* keysOfGeneration(row.generation_id))
  if (!key) return null
  // What a clock has done that was set while nobody watched is no time of trying, either.
  const trouble = { tries: row.tries, spent: Math.max(row.spent ?? 0, 0) }
  return { key, runner, trouble, steps: yield* stepsOf(row.generation_id) }
})

/** An address that was registered just now has been read back. `checked`: a range of the index, so that it is found at once. */
const unchecked = (checked: string) => `
  due_at IS NULL AND ${checked} AND ${LEASES.check.free} AND ${USABLE}
  AND EXISTS (SELECT 1 FROM upload_steps WHERE upload_steps.generation_id = uploads.generation_id
    AND kind = 'webhooks' AND ended_at <= {now} - @interval)`

/** Those first that never were compared. */
const RANGES = ['checked_at IS NULL', 'checked_at <= {now} - @interval'].map((range) => ({
  any: sql<object>(`SELECT 1 FROM uploads WHERE ${unchecked(range)} LIMIT 1`),
  claim: sql<{ generation_id: string }>(`
    UPDATE uploads SET ${LEASES.check.take}
    WHERE generation_id = (
      SELECT generation_id FROM uploads WHERE ${unchecked(range)} ORDER BY checked_at LIMIT 1 {skip locked})
    RETURNING generation_id`),
}))

interface Check {
  key: CurrentKey
  steps: UploadStep[]
}

const claimCheck = single(function* (lease: Lease, interval: number): Steps<Check | null> {
  for (const { any, claim } of RANGES) {
    // Most of the time there is none: looking waits for nobody.
    const row = (yield* one(any, { interval })) && (yield* one(claim, { ...lease, interval }))
    const key = row && (yield* keysOfGeneration(row.generation_id))
    if (key) return { key, steps: (yield* stepsOf(key.generationId)).map(shown) }
  }
  return null
})

const COMPARED = `${LEASES.check.leave}, check_until = NULL, checked_at = {now} - @ago`

const END_CHECK = sql(`UPDATE uploads SET ${COMPARED} WHERE ${LEASES.check.mine}`)

const NOTE_UPLOAD = sql(`
  UPDATE uploads SET ${COMPARED}, status = @status, reason = @reason WHERE ${LEASES.check.mine}`)

const NOTE_STEP = sql(`
  UPDATE upload_steps SET status = @status, reason = @reason WHERE generation_id = @row AND kind = 'webhooks'`)

const addressEvent = ({ status, reason }: AddressCheck['step']): StoreEvent =>
  status === 'done' ? { type: 'webhooks.registered' } : { type: 'webhooks.lost', reason }

const noteCheck = alone(
  ({ key }: Claim) => generationLock(key.generationId),
  function* (claim: Claim, { step, upload }: AddressCheck): Steps<boolean> {
    yield* hold(claim.key.generationId)
    if ((yield* run(NOTE_UPLOAD, { ...shownBy(claim), ...upload, ago: 0 })) === 0) return false
    yield* run(NOTE_STEP, { ...shownBy(claim), ...step })
    yield* tell(claim.key.generationId, addressEvent(step))
    return true
  },
)

const endUnseen = single(function* (claim: Claim, ago: number): Steps<Noted> {
  return (yield* run(END_CHECK, { ...shownBy(claim), ago })) === 1 ? 'noted' : 'gone'
})

const endCheck = alone(
  ({ key }: Claim) => generationLock(key.generationId),
  function* (claim: Claim, ago: number, { health, now }: SeenHealth): Steps<Noted> {
    yield* hold(claim.key.generationId)
    if ((yield* run(END_CHECK, { ...shownBy(claim), ago })) === 0) return 'gone'
    return (yield* changeHealth(claim.key.generationId, health, now)) ? 'changed' : 'noted'
  },
)

type Claims = Pick<UploadStore, 'claimDue' | 'claimCheck' | 'noteCheck' | 'endCheck'>

/** Which upload, and whose webhooks address, a worker takes next. */
export const uploadClaims = (run: Run): Claims => ({
  // Most of the time there is none: looking waits for nobody.
  claimDue: async (lease) => ((await run(anyDue)) ? run(claimDue, lease) : null),
  claimCheck: (lease, interval) => run(claimCheck, lease, interval),
  noteCheck: (claim, check) => run(noteCheck, claim, check),
  endCheck: (claim, ago, seen) => (seen ? run(endCheck, claim, ago, seen) : run(endUnseen, claim, ago)),
})
