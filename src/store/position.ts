import { minutes } from '../shared/clock.ts'
import type { Connection } from './connection.ts'

/** A place in the order in which connections change. It counts in one history of the database. */
export interface Position {
  /** Names that history: a copy and what a restore leaves have others. */
  epoch: string
  /** All changes with lower numbers have been seen. */
  number: number
}

/** A change, and where the pages began that it is one of. */
export interface ChangePlace {
  position: Position
  number: number
  connectionId: string
}

export interface ChangesPage {
  /** The position of an earlier answer, or a moment. */
  since: Position | Date
  /** The change behind which the page begins; null for the first page. */
  after: ChangePlace | null
  limit: number
}

/** What has changed, in that order. One that changes meanwhile may come twice. */
export interface ChangedPage {
  /** Where to ask from the next time, once all pages are read. The same for all of them. */
  position: Position
  items: { connection: Connection; place: ChangePlace }[]
}

/** A change is told to have been before its transaction ended: a moment is taken to be so much earlier. Far longer than any lasts. */
export const CHANGES_MARGIN = minutes(1)
