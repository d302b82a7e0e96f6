import type { Database } from 'better-sqlite3'
import type { UploadKind, UploadStore } from '../port.ts'
import { placeOf, toReject, toUpload, type RejectRow, type UploadRow } from '../upload-rows.ts'
import { guarded } from './guarded.ts'
import { immediate } from './immediate.ts'
import { uploadChecks } from './upload-checks.ts'
import { uploadClaims } from './upload-claims.ts'
import { uploadProgress } from './upload-progress.ts'
import { stepsOf } from './upload-rows.ts'

export function uploads(db: Database): UploadStore {
  return { ...look(db), ...start(db), ...uploadClaims(db), ...uploadProgress(db), ...uploadChecks(db) }
}

function look(db: Database): Pick<UploadStore, 'find' | 'ofGeneration' | 'rejects'> {
  const select = `
    SELECT generation_id, crm_account_id, uploads.status, uploads.reason FROM uploads
    JOIN generations ON generations.id = generation_id JOIN connections ON connections.id = connection_id`
  const current = db.prepare<[string], UploadRow>(
    `${select} WHERE crm_account_id = ? AND generations.status = 'current'`,
  )
  const one = db.prepare<[string], UploadRow>(`${select} WHERE generation_id = ?`)
  const rejects = db.prepare<object, RejectRow>(`
    SELECT * FROM upload_rejects WHERE generation_id = @generationId AND id > @after ORDER BY id LIMIT @limit`)
  const steps = stepsOf(db)
  const upload = (row: UploadRow | undefined) => (row ? toUpload(row, steps(row.generation_id)) : null)
  return {
    find: (crmAccountId) => guarded(db, () => upload(current.get(crmAccountId))),
    ofGeneration: (generationId) => guarded(db, () => upload(one.get(generationId))),
    rejects: (generationId, page) => guarded(db, () => rejects.all({ generationId, ...page }).map(toReject)),
  }
}

function start(db: Database): Pick<UploadStore, 'start'> {
  const queue = db.prepare<object, { generation_id: string }>(`
    INSERT INTO uploads (generation_id, status, created_at, due_at)
    SELECT generations.id, 'waiting', @now, @now
    FROM generations JOIN connections ON connections.id = connection_id
    WHERE crm_account_id = @crmAccountId AND generations.status = 'current'
    ON CONFLICT (generation_id) DO UPDATE
      SET status = 'waiting', reason = NULL, due_at = @now, runner = NULL, tries = 0, failing_since = NULL
    RETURNING generation_id`)
  const forgetSteps = db.prepare('DELETE FROM upload_steps WHERE generation_id = ? AND kind = ?')
  const forgetRejects = db.prepare('DELETE FROM upload_rejects WHERE generation_id = ? AND kind = ?')
  const neverBegun = db.prepare<[string]>(`
    SELECT 1 FROM uploads JOIN generations ON generations.id = generation_id
      JOIN connections ON connections.id = connection_id
    WHERE crm_account_id = ? AND generations.status = 'current'
      AND NOT EXISTS (SELECT 1 FROM upload_steps WHERE upload_steps.generation_id = uploads.generation_id)`)
  const addStep = db.prepare(`
    INSERT INTO upload_steps (generation_id, kind, place, status, row_on_page, pages, read, sent, rejected)
    VALUES (@generationId, @kind, @place, 'waiting', 0, 0, 0, 0, 0)`)
  const begin = immediate(db, (crmAccountId: string, kinds: readonly UploadKind[], now: Date) => {
    const hasAllToDo = neverBegun.get(crmAccountId) !== undefined
    const row = queue.get({ crmAccountId, now: now.getTime() })
    if (!row) return false
    if (hasAllToDo) return true
    for (const kind of kinds) {
      forgetSteps.run(row.generation_id, kind)
      forgetRejects.run(row.generation_id, kind)
      addStep.run({ generationId: row.generation_id, kind, place: placeOf(kind) })
    }
    return true
  })
  return { start: (crmAccountId, kinds, now) => guarded(db, () => begin(crmAccountId, kinds, now)) }
}
