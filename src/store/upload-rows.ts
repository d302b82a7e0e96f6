import { moment } from './moment.ts'
import type { Upload, UploadKind, UploadPlace, UploadReject, UploadStatus, UploadStep } from './port.ts'

/** One row of `upload_steps`. */
export interface StepRow {
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

export type Step = UploadStep & UploadPlace

/** A step without where it goes on, for those who only look. */
export function shown(step: Step): UploadStep {
  const { kind, status, reason, read, sent, rejected, total, startedAt, endedAt } = step
  return { kind, status, reason, read, sent, rejected, total, startedAt, endedAt }
}

const PLACES: readonly UploadKind[] = ['users', 'pipelines', 'contacts', 'deals', 'webhooks']

export const placeOf = (kind: UploadKind): number => PLACES.indexOf(kind)

export const toStep = (row: StepRow): Step => ({
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

/** One row of `uploads`, with its account. */
export interface UploadRow {
  generation_id: string
  crm_account_id: string
  status: UploadStatus
  reason: string | null
}

/** One row of `upload_rejects`. */
export interface RejectRow {
  id: number
  kind: UploadKind
  row_id: string | null
  position: number
  reason: string
}

export const toReject = ({
  id,
  kind,
  row_id,
  position,
  reason,
}: RejectRow): UploadReject & { number: number } => ({
  ...{ number: id, kind, rowId: row_id, position, reason },
})

/** An upload as people may see it. */
export const toUpload = (row: UploadRow, steps: readonly Step[]): Upload => ({
  generationId: row.generation_id,
  crmAccountId: row.crm_account_id,
  status: row.status,
  reason: row.reason,
  steps: steps.map(shown),
})

/** Rejects that are kept of one upload; what comes after is counted only. */
export const MOST_REJECTS = 10_000

/** What a claim of an upload yields. */
export interface ClaimRow {
  generation_id: string
  tries: number
  failing_since: number | null
}

/**
 * Of uploads that may be worked on, in the SQL that both engines understand: with current keys that Wazzup takes. Looked
 * up by id, however many there are.
 */
export const USABLE = `EXISTS (
  SELECT 1 FROM generations JOIN connections ON connections.id = connection_id
  WHERE generations.id = uploads.generation_id
    AND generations.status = 'current' AND connections.status = 'connected')`
