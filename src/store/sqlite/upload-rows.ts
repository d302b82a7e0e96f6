import type { Database } from 'better-sqlite3'
import { toStep, type Step, type StepRow } from '../upload-rows.ts'

/** The steps of an upload, in their order. */
export function stepsOf(db: Database): (generationId: string) => Step[] {
  const select = db.prepare<[string], StepRow>(
    'SELECT * FROM upload_steps WHERE generation_id = ? ORDER BY place',
  )
  return (generationId) => select.all(generationId).map(toStep)
}
