import type { Brought } from './change.ts'
import type { CurrentKeys } from './key.ts'

/** The steps of an upload, in their order. */
export type UploadKind = 'users' | 'pipelines' | 'contacts' | 'deals' | 'webhooks'

export type UploadStatus = 'waiting' | 'running' | 'done' | 'done_with_rejects' | 'failed'

/** How far one step has got, as people may see it. */
export interface UploadStep {
  kind: UploadKind
  status: UploadStatus
  /** Why it failed: a code, such as `not_open`. */
  reason: string | null
  /** Rows that the CRM has given; of these some were sent, some could not be, and some were there twice. */
  read: number
  sent: number
  rejected: number
  /** Rows that there are in all; null when the CRM does not tell. */
  total: number | null
  /** Milliseconds since it began; null for one that has not. */
  runsFor: number | null
}

/** Where a step goes on: the page that `cursor` leads to, behind its row number `rowOnPage`, whose id was `lastRow`. */
export interface UploadPlace {
  cursor: string | null
  rowOnPage: number
  lastRow: string | null
  /** Pages that were gone through. */
  pages: number
  /** A cursor that was passed: one that leads there again goes round. */
  landmark: string | null
}

export interface Upload {
  generationId: string
  crmAccountId: string
  status: UploadStatus
  reason: string | null
  steps: UploadStep[]
}

/** How an upload or a step of it has ended. */
export type UploadResult = Pick<UploadStep, 'status' | 'reason'>

/** What a comparison has shown of the webhooks step, and what that means for its upload. */
export interface AddressCheck {
  step: UploadResult
  upload: UploadResult
}

/** How many there are; what there is none of is not there. */
export interface UploadCounts {
  byStatus: Partial<Record<UploadStatus, number>>
  /** Connections whose webhooks address is not registered at Wazzup, by the reason. */
  unregistered: Record<string, number>
}

/** An upload that a runner has taken: nobody else works on it until its lease ends. */
export interface ClaimedUpload {
  key: CurrentKeys
  /** Names this claim; a claim that was taken over commits nothing any more. */
  runner: string
  trouble: UploadTrouble
  steps: (UploadStep & UploadPlace)[]
}

/** What has gone wrong since the last progress. */
export interface UploadTrouble {
  /** Unusable answers in a row. */
  tries: number
  /** Milliseconds of trying, with the pauses in between that are our own. */
  spent: number
}

/** What could not be sent, or not as it was. */
export interface UploadReject {
  kind: UploadKind
  /** The CRM's own id of the row; null when it has none that can be told. */
  rowId: string | null
  /** Number of the row among those that were read, from 1. */
  position: number
  reason: string
}

/** One commit of a runner: how some steps stand now, whatever `runsFor` says, and what was rejected since the last. */
export interface UploadCommit {
  steps: readonly (UploadStep & UploadPlace)[]
  rejects: readonly UploadReject[]
  /** Milliseconds: for at least three quarters of them from now nobody else takes it. */
  lease: number
  /** Rows that are through: changes of them that waited before they were read are older, and not wanted any more. */
  brought?: Brought
}

/** How a runner leaves an upload. `wait`: milliseconds until it is due; null: there is nothing left to do. */
export interface UploadRelease {
  status: UploadStatus
  /** Why it failed, or what it waits for. */
  reason: string | null
  wait: number | null
  trouble: UploadTrouble
}

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
  runs_for: number | null
}

export type Step = UploadStep & UploadPlace

/** A step without where it goes on, for those who only look. */
export function shown(step: Step): UploadStep {
  const { kind, status, reason, read, sent, rejected, total, runsFor } = step
  return { kind, status, reason, read, sent, rejected, total, runsFor }
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
  runsFor: row.runs_for,
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

export const toReject = (row: RejectRow): UploadReject & { number: number } => ({
  ...{ number: row.id, kind: row.kind, rowId: row.row_id, position: row.position, reason: row.reason },
})

/** As people may see it: in one that has failed no step runs or waits. Its place is kept, for an apiKey that is taken again. */
export const toUpload = (row: UploadRow, steps: readonly Step[]): Upload => ({
  generationId: row.generation_id,
  crmAccountId: row.crm_account_id,
  status: row.status,
  reason: row.reason,
  steps: steps.map((step) =>
    row.status === 'failed' && ['running', 'waiting'].includes(step.status)
      ? { ...shown(step), status: row.status, reason: row.reason }
      : shown(step),
  ),
})

/** Rejects that are kept of one upload; what comes after is counted only. */
export const MOST_REJECTS = 10_000

/**
 * Of uploads that may be worked on, in the SQL that both engines understand: with current keys that Wazzup takes. Looked
 * up by id, however many there are.
 */
export const USABLE = `EXISTS (
  SELECT 1 FROM generations JOIN connections ON connections.id = connection_id
  WHERE generations.id = uploads.generation_id AND generations.status = 'current' AND connections.status = 'connected')`
