import type { Connection } from './connection.ts'

/**
 * Work that the store keeps for the workers. `exchange`: answers to be settled; `upload`: first uploads; `switch_off`: webhooks
 * to be switched off.
 */
type JobKind = 'exchange' | 'upload' | 'switch_off'

/** Jobs of one kind that have not ended. */
export interface JobCount {
  /** All of them, also those that pause or are being worked on. */
  waiting: number
  /** For how many milliseconds the one has been due that has been due the longest; 0 when none is. */
  late: number
}

/** What is counted for the metrics; a status that no connection has is not there. */
export interface StoreCounts {
  connections: Partial<Record<Connection['status'], number>>
  jobs: Record<JobKind, JobCount>
}

/** How jobs are counted. `late`: below 0 when the first of them is still to come. */
export interface JobCountRow {
  waiting: number
  late: number | null
}

export const toJobCount = (row: JobCountRow | undefined): JobCount => ({
  waiting: row?.waiting ?? 0,
  late: Math.max(row?.late ?? 0, 0),
})

/** Webhooks addresses that are lost, by the reason. */
export const UNREGISTERED = `
  SELECT coalesce(reason, 'unknown') AS why, count(*) AS n FROM upload_steps
  WHERE kind = 'webhooks' AND status = 'failed' GROUP BY reason`
