import { USABLE } from './upload-rows.ts'
import type { JobCount } from './port.ts'

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

/** Webhooks addresses that are lost, by the reason. */
export const UNREGISTERED = `
  SELECT coalesce(reason, 'unknown') AS why, count(*) AS n FROM upload_steps
  WHERE kind = 'webhooks' AND status = 'failed' GROUP BY reason`
