import type { UploadStore } from '../port.ts'
import { placeOf, toReject, toUpload, type RejectRow, type UploadRow } from '../upload-rows.ts'
import type { Database } from './database.ts'
import { statement } from './statement.ts'
import { uploadChecks } from './upload-checks.ts'
import { uploadClaims } from './upload-claims.ts'
import { uploadProgress } from './upload-progress.ts'
import { stepsOf } from './upload-rows.ts'

const select = (condition: string) =>
  statement<UploadRow>(`
    SELECT generation_id, crm_account_id, uploads.status, uploads.reason FROM uploads
    JOIN generations ON generations.id = generation_id JOIN connections ON connections.id = connection_id
    WHERE ${condition}`)
const CURRENT = select("crm_account_id = @crmAccountId AND generations.status = 'current'")
const OF_GENERATION = select('generation_id = @generationId')

const REJECTS = statement<RejectRow>(`
  SELECT * FROM upload_rejects WHERE generation_id = @generationId AND id > @after ORDER BY id LIMIT @limit`)

const QUEUE = statement<{ generation_id: string }>(`
  INSERT INTO uploads (generation_id, status, created_at, due_at)
  SELECT generations.id, 'waiting', @now, @now
  FROM generations JOIN connections ON connections.id = connection_id
  WHERE crm_account_id = @crmAccountId AND generations.status = 'current'
  ON CONFLICT (generation_id) DO UPDATE
    SET status = 'waiting', reason = NULL, due_at = excluded.due_at, runner = NULL, tries = 0, failing_since = NULL
  RETURNING generation_id`)

const FORGET_STEP = statement('DELETE FROM upload_steps WHERE generation_id = @generationId AND kind = @kind')

const FORGET_REJECTS = statement(
  'DELETE FROM upload_rejects WHERE generation_id = @generationId AND kind = @kind',
)

const NEVER_BEGUN = statement<object>(`
  SELECT 1 FROM uploads JOIN generations ON generations.id = generation_id
    JOIN connections ON connections.id = connection_id
  WHERE crm_account_id = @crmAccountId AND generations.status = 'current'
    AND NOT EXISTS (SELECT 1 FROM upload_steps WHERE upload_steps.generation_id = uploads.generation_id)`)

const ADD_STEP = statement(`
  INSERT INTO upload_steps (generation_id, kind, place, status, row_on_page, pages, read, sent, rejected)
  VALUES (@generationId, @kind, @place, 'waiting', 0, 0, 0, 0, 0)`)

export function uploads(db: Database): UploadStore {
  return { ...look(db), ...start(db), ...uploadClaims(db), ...uploadProgress(db), ...uploadChecks(db) }
}

function look(db: Database): Pick<UploadStore, 'find' | 'ofGeneration' | 'rejects'> {
  const upload = async (row: UploadRow | undefined) =>
    row ? toUpload(row, await stepsOf(db, row.generation_id)) : null
  return {
    find: async (crmAccountId) => upload(await db.one(CURRENT, { crmAccountId })),
    ofGeneration: async (generationId) => upload(await db.one(OF_GENERATION, { generationId })),
    rejects: async (generationId, page) => (await db.all(REJECTS, { generationId, ...page })).map(toReject),
  }
}

const start = (db: Database): Pick<UploadStore, 'start'> => ({
  start: (crmAccountId, kinds, now) =>
    db.exclusive(async (session) => {
      const hasAllToDo = (await session.one(NEVER_BEGUN, { crmAccountId })) !== undefined
      const row = await session.one(QUEUE, { crmAccountId, now: now.getTime() })
      if (!row) return false
      if (hasAllToDo) return true
      for (const kind of kinds) {
        const values = { generationId: row.generation_id, kind, place: placeOf(kind) }
        for (const step of [FORGET_STEP, FORGET_REJECTS, ADD_STEP]) await session.run(step, values)
      }
      return true
    }),
})
