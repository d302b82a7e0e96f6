import type { Claim, Committed, UploadCommit, UploadRelease, UploadStore } from '../port.ts'
import { uploadEvent } from '../delivery.ts'
import { MOST_REJECTS, placeOf, USABLE } from '../upload.ts'
import { dropOlder } from './change-endings.ts'
import { LEASES, shownBy } from './lease.ts'
import { again, one, repeatable, run, single, sql, type Run, type Steps } from './operation.ts'
import { hold, tell } from './tell.ts'
import { stepsOf } from './uploads.ts'

const MINE = `${LEASES.upload.mine} AND ${USABLE}`

/** To write is to wait for the disk: not while most of the lease is left, which is longer than all calls that come now. */
const enoughOf = (lease: number) => Math.floor(lease * 0.75)

const HELD = `${MINE} AND due_at > {now} + @enough`

const HOLDS = sql<object>(`SELECT 1 FROM uploads WHERE ${HELD}`)

const RENEW = sql(`UPDATE uploads SET due_at = {now} + @lease WHERE ${MINE}`)

const renew = single(function* (claim: Claim, lease: number): Steps<boolean> {
  if (yield* one(HOLDS, { ...shownBy(claim), enough: enoughOf(lease) })) return true
  return (yield* run(RENEW, { ...shownBy(claim), lease })) > 0
})

/** `failing_since` is as long before the moment at which it is due as trying has taken then. */
const RELEASE = sql(`
  UPDATE uploads SET status = @status, reason = @reason, due_at = {now} + @wait, tries = @tries,
    failing_since = CASE WHEN CAST(@spent AS bigint) > 0 THEN {now} + @wait - CAST(@spent AS bigint) END,
    ${LEASES.upload.leave}
  WHERE ${MINE}`)

const release = repeatable(function* (claim: Claim, { trouble, ...end }: UploadRelease): Steps<boolean> {
  const { generationId } = claim.key
  const { status, reason } = end
  const isOver = status !== 'waiting' && status !== 'running'
  if (isOver) yield* hold(generationId)
  if ((yield* run(RELEASE, { ...shownBy(claim), ...end, ...trouble })) === 0) return false
  if (isOver) yield* tell(generationId, uploadEvent(status, reason, yield* stepsOf(generationId)))
  return true
})

/** A commit is progress: what went wrong before it is over. */
const EXTEND = sql(`
  UPDATE uploads SET due_at = {now} + @lease, tries = 0, failing_since = NULL, reason = NULL WHERE ${MINE}`)

/** The key was refused meanwhile, seen by another worker: what was under way then is written down, once. */
const LAST = sql(`
  UPDATE uploads SET ${LEASES.upload.leave}
  WHERE ${LEASES.upload.mine} AND status = 'failed' AND reason = 'key_refused'`)

/** A step that was ended is not written again. */
const WRITE = sql(`
  INSERT INTO upload_steps (generation_id, kind, place, status, reason, cursor, row_on_page, last_row, pages,
    landmark, read, sent, rejected, total, started_at, ended_at)
  VALUES (@row, @kind, @place, CAST(@status AS text), @reason, @cursor, @rowOnPage, @lastRow, @pages,
    @landmark, @read, @sent, @rejected, @total,
    CASE WHEN CAST(@status AS text) <> 'waiting' THEN {now} END,
    CASE WHEN CAST(@status AS text) NOT IN ('waiting', 'running') THEN {now} END)
  ON CONFLICT (generation_id, kind) DO UPDATE SET status = excluded.status, reason = excluded.reason,
    cursor = excluded.cursor, row_on_page = excluded.row_on_page, last_row = excluded.last_row, pages = excluded.pages,
    landmark = excluded.landmark, read = excluded.read, sent = excluded.sent, rejected = excluded.rejected,
    total = excluded.total, started_at = coalesce(upload_steps.started_at, excluded.started_at),
    ended_at = excluded.ended_at`)

const COUNT = sql<{ kept: number }>('SELECT count(*) AS kept FROM upload_rejects WHERE generation_id = @row')

const REJECT = sql(`
  INSERT INTO upload_rejects (generation_id, kind, row_id, position, reason)
  VALUES (@row, @kind, @rowId, @position, @reason)`)

/** A step that resumes further back sends rows again, and Wazzup knows them by their ids. */
const commit = repeatable(function* (claim: Claim, progress: UploadCommit): Steps<Committed> {
  const { steps, rejects, lease, brought } = progress
  const owner = shownBy(claim)
  const isRegistered = steps.some(({ kind, status }) => kind === 'webhooks' && status === 'done')
  if (isRegistered) yield* hold(claim.key.generationId)
  // Keeps the row for this transaction, so that nobody takes the claim away before it has ended.
  const goesOn = (yield* run(EXTEND, { ...owner, lease })) > 0
  if (!goesOn && (yield* run(LAST, owner)) === 0) return 'gone'
  for (const step of steps) yield* run(WRITE, { ...step, ...owner, place: placeOf(step.kind) })
  if (brought) yield* dropOlder(claim.key.generationId, brought)
  if (isRegistered) yield* tell(claim.key.generationId, { type: 'webhooks.registered' })
  const committed = goesOn ? 'goes_on' : 'last'
  if (rejects.length === 0) return committed
  const room = MOST_REJECTS - ((yield* one(COUNT, owner))?.kept ?? 0)
  for (const reject of rejects.slice(0, Math.max(0, room))) yield* run(REJECT, { ...owner, ...reject })
  return committed
})

/**
 * The upload's row is locked meanwhile: who takes the claim next sees this step, and once the claim is gone nothing is written.
 */
const ADVANCE = sql(`
  WITH held AS (SELECT 1 FROM uploads WHERE ${HELD} AND tries = 0 AND failing_since IS NULL AND reason IS NULL {for update})
  UPDATE upload_steps SET reason = @reason, cursor = @cursor, row_on_page = @rowOnPage, last_row = @lastRow, pages = @pages,
    landmark = @landmark, read = @read, sent = @sent, rejected = @rejected, total = @total
  WHERE generation_id = @row AND kind = @kind AND status = 'running' AND EXISTS (SELECT 1 FROM held)`)

/**
 * What almost every commit is: a step that runs has got on. One statement does it, where no trouble is noted at the upload, which a
 * commit would clear, and most of the lease is left.
 */
const advance = again(function* (claim: Claim, step: CommittedStep, lease: number): Steps<boolean> {
  return (yield* run(ADVANCE, { ...step, ...shownBy(claim), enough: enoughOf(lease) })) > 0
})

type CommittedStep = UploadCommit['steps'][number]

/** Null where there is more to write down than that. */
function onlyAdvance({ steps, rejects, brought }: UploadCommit): CommittedStep | null {
  const [step] = steps
  const isOnly = steps.length === 1 && rejects.length === 0 && !brought
  return isOnly && step?.status === 'running' ? step : null
}

/** What a runner writes: only while its claim holds. */
export const uploadProgress = (run: Run): Pick<UploadStore, 'renew' | 'commit' | 'release'> => ({
  renew: (claim, lease) => run(renew, claim, lease),
  async commit(claim, progress) {
    const step = onlyAdvance(progress)
    if (step && (await run(advance, claim, step, progress.lease))) return 'goes_on'
    return run(commit, claim, progress)
  },
  release: (claim, end) => run(release, claim, end),
})
