import type { Fault } from '../../wazzup/fault.ts'
import type { Packing } from '../../wazzup/packed.ts'
import type { ExportKind, GivenSizes } from './sizes.ts'

/** What a test turns at the export, at any time. */
export interface ExportControls {
  /** Rows on a page. */
  pageSize: number
  /** Whether pages tell how many rows there are in all. */
  total: 'told' | 'untold'
  /** How pages come, whatever was asked for. */
  packing: Packing
  /** What becomes of a request without a `User-Agent`: some firewalls refuse it. */
  nameless: 'taken' | 'forbidden'
  /** `looping`: from the second page on, `next` leads to that page again. */
  cursor: 'fine' | 'looping'
  /** Sizes of customers that differ from the usual, by account. */
  sizes: GivenSizes
  /** Names that contacts were given since, by id. */
  names: Map<string, string>
  /** Met one per request, in order. See the builders in `wazzup/fault.ts`. */
  faults: Fault[]
  /** The row that is exported in place of the right one: a poisoned one. */
  alter: (row: unknown, at: { kind: ExportKind; index: number; accountId: string }) => unknown
}

export const usualControls = (): ExportControls => ({
  pageSize: 200,
  total: 'told',
  packing: 'plain',
  nameless: 'taken',
  cursor: 'fine',
  sizes: {},
  names: new Map(),
  faults: [],
  alter: (row) => row,
})
