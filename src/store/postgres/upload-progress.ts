import type { UploadClaim, UploadReject, UploadStore } from '../port.ts'
import { MOST_REJECTS, placeOf, USABLE } from '../upload-rows.ts'
import type { Database, Session } from './database.ts'
import { statement } from './statement.ts'

const MINE = `generation_id = @generationId AND runner = @runner AND ${USABLE}`

const mine = ({ key, runner }: UploadClaim) => ({ generationId: key.generationId, runner })

const RENEW = statement(`UPDATE uploads SET due_at = @leaseUntil WHERE ${MINE}`)

const RELEASE = statement(`
  UPDATE uploads SET status = @status, reason = @reason, due_at = @dueAt, tries = @tries, failing_since = @since,
    runner = NULL
  WHERE ${MINE}`)

/** A commit is progress: what went wrong before it is over. */
const EXTEND = statement(`
  UPDATE uploads SET due_at = @leaseUntil, tries = 0, failing_since = NULL, reason = NULL WHERE ${MINE}`)

const WRITE = statement(`
  INSERT INTO upload_steps (generation_id, kind, place, status, reason, cursor, row_on_page, last_row, pages,
    landmark, read, sent, rejected, total, started_at, ended_at)
  VALUES (@generationId, @kind, @place, @status, @reason, @cursor, @rowOnPage, @lastRow, @pages,
    @landmark, @read, @sent, @rejected, @total, @startedAt, @endedAt)
  ON CONFLICT (generation_id, kind) DO UPDATE SET status = excluded.status, reason = excluded.reason,
    cursor = excluded.cursor, row_on_page = excluded.row_on_page, last_row = excluded.last_row, pages = excluded.pages,
    landmark = excluded.landmark, read = excluded.read, sent = excluded.sent, rejected = excluded.rejected,
    total = excluded.total, started_at = excluded.started_at, ended_at = excluded.ended_at`)

const COUNT = statement<{ kept: number }>(
  'SELECT count(*) AS kept FROM upload_rejects WHERE generation_id = @generationId',
)

const REJECT = statement(`
  INSERT INTO upload_rejects (generation_id, kind, row_id, position, reason)
  VALUES (@generationId, @kind, @rowId, @position, @reason)`)

/** What a runner writes: only while its claim holds. */
export function uploadProgress(db: Database): Pick<UploadStore, 'renew' | 'commit' | 'release'> {
  return {
    renew: async (claim, leaseUntil) =>
      (await db.run(RENEW, { ...mine(claim), leaseUntil: leaseUntil.getTime() })) > 0,
    commit: (claim, { steps, rejects, leaseUntil }) =>
      db.transaction(async (session) => {
        // Keeps the row for this transaction, so that nobody takes the claim away before it has ended.
        if ((await session.run(EXTEND, { ...mine(claim), leaseUntil: leaseUntil.getTime() })) === 0)
          return false
        for (const step of steps) {
          const [startedAt, endedAt] = [step.startedAt?.getTime(), step.endedAt?.getTime()]
          await session.run(WRITE, { ...step, ...mine(claim), place: placeOf(step.kind), startedAt, endedAt })
        }
        await keepRejects(session, claim, rejects)
        return true
      }),
    async release(claim, { status, reason, dueAt, trouble: { tries, since } }) {
      const moments = { dueAt: dueAt?.getTime(), since: since?.getTime() }
      return (await db.run(RELEASE, { ...mine(claim), status, reason, tries, ...moments })) > 0
    },
  }
}

async function keepRejects(session: Session, claim: UploadClaim, rejects: readonly UploadReject[]) {
  if (rejects.length === 0) return
  const kept = (await session.one(COUNT, mine(claim)))?.kept ?? 0
  const room = Math.max(0, MOST_REJECTS - kept)
  for (const reject of rejects.slice(0, room)) await session.run(REJECT, { ...mine(claim), ...reject })
}
