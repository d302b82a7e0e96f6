import type { Connection } from './connection-records.ts'

/** Work that the store keeps for the workers. `exchange`: answers to be settled; `upload`: first uploads. */
type JobKind = 'exchange' | 'upload'

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
