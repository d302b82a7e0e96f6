import type { Connection } from './connection.ts'
import { USABLE } from './upload.ts'

/**
 * Work that the store keeps for the workers. `exchange`: answers to be settled; `upload`: first uploads; `switch_off`: webhooks
 * to be switched off.
 */
type JobKind = 'exchange' | 'upload' | 'switch_off'

/** Jobs of one kind that have not ended. */
export interface JobCount {
  /** All of them, also those that pause or are being worked on. */
  waiting: number
  /** When the one that has been due the longest became due; null when none is. */
  dueSince: Date | null
}

/** What is counted for the metrics; a status that no connection has is not there. */
export interface StoreCounts {
  connections: Partial<Record<Connection['status'], number>>
  jobs: Record<JobKind, JobCount>
}

/** How the engines count jobs. `first`: the earliest moment at which one is due, perhaps still to come. */
export interface JobCountRow {
  waiting: number
  first: number | null
}

export function toJobCount(row: JobCountRow | undefined, now: Date): JobCount {
  const first = row?.first ?? null
  const isDue = first !== null && first <= now.getTime()
  return { waiting: row?.waiting ?? 0, dueSince: isDue ? new Date(first) : null }
}

export const PENDING_EXCHANGES =
  "SELECT count(*) AS waiting, min(due_at) AS first FROM exchanges WHERE status = 'pending'"

export const DUE_UPLOADS = `
  SELECT count(*) AS waiting, min(due_at) AS first FROM uploads WHERE due_at IS NOT NULL AND ${USABLE}`

export const SWITCH_OFFS = 'SELECT count(*) AS waiting, min(due_at) AS first FROM switch_offs'

/** Webhooks addresses that are lost, by the reason. */
export const UNREGISTERED = `
  SELECT coalesce(reason, 'unknown') AS why, count(*) AS n FROM upload_steps
  WHERE kind = 'webhooks' AND status = 'failed' GROUP BY reason`
