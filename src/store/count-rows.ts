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
