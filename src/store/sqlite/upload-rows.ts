import type { Database } from 'better-sqlite3'
import type { UploadKind, UploadPlace, UploadStatus, UploadStep } from '../port.ts'
import { moment } from './moment.ts'

interface StepRow {
  kind: UploadKind
  status: UploadStatus
  reason: string | null
  cursor: string | null
  row_on_page: number
  last_row: string | null
  pages: number
  landmark: string | null
  read: number
  sent: number
  rejected: number
  total: number | null
  started_at: number | null
  ended_at: number | null
}

type Step = UploadStep & UploadPlace

/** The steps of an upload, in their order. */
export function stepsOf(db: Database): (generationId: string) => Step[] {
  const select = db.prepare<[string], StepRow>(
    'SELECT * FROM upload_steps WHERE generation_id = ? ORDER BY place',
  )
  return (generationId) => select.all(generationId).map(toStep)
}

/** A step without where it goes on, for those who only look. */
export function shown(step: Step): UploadStep {
  const { kind, status, reason, read, sent, rejected, total, startedAt, endedAt } = step
  return { kind, status, reason, read, sent, rejected, total, startedAt, endedAt }
}

const PLACES: readonly UploadKind[] = ['users', 'pipelines', 'contacts', 'deals', 'webhooks']

export const placeOf = (kind: UploadKind): number => PLACES.indexOf(kind)

const toStep = (row: StepRow): Step => ({
  kind: row.kind,
  status: row.status,
  reason: row.reason,
  cursor: row.cursor,
  rowOnPage: row.row_on_page,
  lastRow: row.last_row,
  pages: row.pages,
  landmark: row.landmark,
  read: row.read,
  sent: row.sent,
  rejected: row.rejected,
  total: row.total,
  startedAt: moment(row.started_at),
  endedAt: moment(row.ended_at),
})
