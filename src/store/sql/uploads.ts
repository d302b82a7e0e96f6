import type { Upload, UploadKind, UploadReject, UploadStore } from '../port.ts'
import {
  placeOf,
  toReject,
  toStep,
  toUpload,
  type RejectRow,
  type Step,
  type StepRow,
  type UploadRow,
} from '../upload.ts'
import { accountLock } from './locks.ts'
import { all, alone, one, read, run, sql, type Run, type Statement, type Steps } from './operation.ts'

const STEPS = sql<StepRow>(`
  SELECT kind, status, reason, cursor, row_on_page, last_row, pages, landmark, read, sent, rejected, total,
    {now} - started_at AS runs_for
  FROM upload_steps WHERE generation_id = @generationId ORDER BY place`)

/** The steps of an upload, in their order. */
export function* stepsOf(generationId: string): Steps<Step[]> {
  return (yield* all(STEPS, { generationId })).map(toStep)
}

const select = (condition: string) =>
  sql<UploadRow>(`
    SELECT generation_id, crm_account_id, uploads.status, uploads.reason FROM uploads
    JOIN generations ON generations.id = generation_id JOIN connections ON connections.id = connection_id
    WHERE ${condition}`)
const CURRENT = select("crm_account_id = @crmAccountId AND generations.status = 'current'")
const OF_GENERATION = select('generation_id = @generationId')

const find = read(function* (which: Statement<UploadRow>, values: object): Steps<Upload | null> {
  const row = yield* one(which, values)
  return row ? toUpload(row, yield* stepsOf(row.generation_id)) : null
})

const REJECTS = sql<RejectRow>(`
  SELECT id, kind, row_id, position, reason FROM upload_rejects
  WHERE generation_id = @generationId AND id > @after ORDER BY id LIMIT @limit`)

type Numbered = UploadReject & { number: number }

const rejects = read(function* (
  generationId: string,
  page: { after: number; limit: number },
): Steps<Numbered[]> {
  return (yield* all(REJECTS, { generationId, ...page })).map(toReject)
})

const QUEUE = sql<{ generation_id: string }>(`
  INSERT INTO uploads (generation_id, status, created_at, due_at)
  SELECT generations.id, 'waiting', @now, {now}
  FROM generations JOIN connections ON connections.id = connection_id
  WHERE crm_account_id = @crmAccountId AND generations.status = 'current'
  ON CONFLICT (generation_id) DO UPDATE
    SET status = 'waiting', reason = NULL, due_at = excluded.due_at, runner = NULL, check_runner = NULL, tries = 0,
      failing_since = NULL
  RETURNING generation_id`)

const FORGET_STEP = sql('DELETE FROM upload_steps WHERE generation_id = @generationId AND kind = @kind')

const FORGET_REJECTS = sql('DELETE FROM upload_rejects WHERE generation_id = @generationId AND kind = @kind')

const NEVER_STARTED = sql<object>(`
  SELECT 1 FROM uploads JOIN generations ON generations.id = generation_id
    JOIN connections ON connections.id = connection_id
  WHERE crm_account_id = @crmAccountId AND generations.status = 'current'
    AND NOT EXISTS (SELECT 1 FROM upload_steps WHERE upload_steps.generation_id = uploads.generation_id)`)

const ADD_STEP = sql(`
  INSERT INTO upload_steps (generation_id, kind, place, status, row_on_page, pages, read, sent, rejected)
  VALUES (@generationId, @kind, @place, 'waiting', 0, 0, 0, 0, 0)`)

const start = alone(
  (crmAccountId) => accountLock({ crmAccountId }),
  function* (crmAccountId: string, kinds: readonly UploadKind[], now: Date): Steps<boolean> {
    const hasAllToDo = (yield* one(NEVER_STARTED, { crmAccountId })) !== undefined
    const row = yield* one(QUEUE, { crmAccountId, now })
    if (!row) return false
    if (hasAllToDo) return true
    for (const kind of kinds) {
      const values = { generationId: row.generation_id, kind, place: placeOf(kind) }
      for (const step of [FORGET_STEP, FORGET_REJECTS, ADD_STEP]) yield* run(step, values)
    }
    return true
  },
)

export const uploads = (run: Run): Pick<UploadStore, 'find' | 'ofGeneration' | 'rejects' | 'start'> => ({
  find: (crmAccountId) => run(find, CURRENT, { crmAccountId }),
  ofGeneration: (generationId) => run(find, OF_GENERATION, { generationId }),
  rejects: (generationId, page) => run(rejects, generationId, page),
  start: (crmAccountId, kinds, now) => run(start, crmAccountId, kinds, now),
})
