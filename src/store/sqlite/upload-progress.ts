import type { Database } from 'better-sqlite3'
import type { UploadClaim, UploadCommit, UploadReject, UploadRelease, UploadStore } from '../port.ts'
import { MOST_REJECTS, placeOf, USABLE } from '../upload-rows.ts'
import { guarded } from './guarded.ts'
import { immediate } from './immediate.ts'
import { toMs } from '../moment.ts'
import { relaxed } from './relaxed.ts'

const MINE = `generation_id = @generationId AND runner = @runner AND ${USABLE}`

const mine = ({ key, runner }: UploadClaim) => ({ generationId: key.generationId, runner })

/** What a runner writes: only while its claim holds. */
export function uploadProgress(db: Database): Pick<UploadStore, 'renew' | 'commit' | 'release'> {
  const renew = db.prepare(`UPDATE uploads SET due_at = @leaseUntil WHERE ${MINE}`)
  const release = db.prepare(`
    UPDATE uploads SET status = @status, reason = @reason, due_at = @dueAt, tries = @tries, failing_since = @since,
      runner = NULL
    WHERE ${MINE}`)
  // A step that goes on further back sends rows again, and Wazzup knows them by their ids.
  const commit = relaxed(db, commitStep(db))
  return {
    renew: (claim, leaseUntil) =>
      guarded(db, () => renew.run({ ...mine(claim), leaseUntil: leaseUntil.getTime() }).changes > 0),
    commit: (claim, progress) => guarded(db, () => commit(claim, progress)),
    release: (claim, { status, reason, dueAt, trouble: { tries, since } }: UploadRelease) =>
      guarded(db, () => {
        const moments = { dueAt: toMs(dueAt), since: toMs(since) }
        return release.run({ ...mine(claim), status, reason, tries, ...moments }).changes > 0
      }),
  }
}

function commitStep(db: Database) {
  // A commit is progress: what went wrong before it is over.
  const extend = db.prepare(`
    UPDATE uploads SET due_at = @leaseUntil, tries = 0, failing_since = NULL, reason = NULL WHERE ${MINE}`)
  const write = db.prepare(`
    INSERT INTO upload_steps (generation_id, kind, place, status, reason, cursor, row_on_page, last_row, pages,
      landmark, read, sent, rejected, total, started_at, ended_at)
    VALUES (@generationId, @kind, @place, @status, @reason, @cursor, @rowOnPage, @lastRow, @pages,
      @landmark, @read, @sent, @rejected, @total, @startedAt, @endedAt)
    ON CONFLICT (generation_id, kind) DO UPDATE SET status = excluded.status, reason = excluded.reason,
      cursor = excluded.cursor, row_on_page = excluded.row_on_page, last_row = excluded.last_row, pages = excluded.pages,
      landmark = excluded.landmark, read = excluded.read, sent = excluded.sent, rejected = excluded.rejected,
      total = excluded.total, started_at = excluded.started_at, ended_at = excluded.ended_at`)
  const keep = keepRejects(db)
  return immediate(db, (claim: UploadClaim, { steps, rejects, leaseUntil }: UploadCommit) => {
    if (extend.run({ ...mine(claim), leaseUntil: leaseUntil.getTime() }).changes === 0) return false
    for (const step of steps) {
      const moments = { startedAt: toMs(step.startedAt), endedAt: toMs(step.endedAt) }
      write.run({ ...step, ...mine(claim), place: placeOf(step.kind), ...moments })
    }
    keep(claim, rejects)
    return true
  })
}

function keepRejects(db: Database) {
  const count = db.prepare<[string], { kept: number }>(
    'SELECT count(*) AS kept FROM upload_rejects WHERE generation_id = ?',
  )
  const insert = db.prepare(`
    INSERT INTO upload_rejects (generation_id, kind, row_id, position, reason)
    VALUES (@generationId, @kind, @rowId, @position, @reason)`)
  return (claim: UploadClaim, rejects: readonly UploadReject[]) => {
    if (rejects.length === 0) return
    const room = MOST_REJECTS - (count.get(claim.key.generationId)?.kept ?? 0)
    for (const reject of rejects.slice(0, Math.max(0, room))) insert.run({ ...mine(claim), ...reject })
  }
}
