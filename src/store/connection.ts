import { minutes } from '../shared/clock.ts'
import type { CurrentKey } from './key.ts'
import { moment } from './moment.ts'

/** A CRM account bound to a Wazzup account. */
export interface Connection {
  id: string
  crmAccountId: string
  crmAccountName: string
  wazzupAccountId: string | null
  /** `invalid`: Wazzup refuses the apiKey; the keys still resolve. */
  status: 'connected' | 'invalid' | 'disconnected'
  /** Of the current keys; null when there are none. */
  generation: number | null
  connectedAt: Date
  invalidSince: Date | null
  disconnectedAt: Date | null
  /** Why the upload, or above all the webhooks address, of the current keys has failed: a code; null when it has not. */
  warning: string | null
}

/**
 * Names the connection that a confirmation would replace; `none` when there is none. The confirm page says it, and the
 * claim compares what was shown with what is there.
 */
export const replacedBy = (existing: { status: string; connectedAt: Date | null } | null): string =>
  !existing?.connectedAt || existing.status === 'disconnected'
    ? 'none'
    : String(existing.connectedAt.getTime())

/** A CRM account that is connected to a Wazzup account. A Wazzup account should have one; nothing enforces it. */
export interface Holder {
  wazzupAccountId: string
  crmAccountId: string
}

export interface ConnectionPage {
  status: Connection['status'] | null
  /** The CRM account after which the page begins; null for the first. */
  after: string | null
  limit: number
}

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

export interface ChangedConnectionStore {
  /** From where to ask what changes from now on. */
  position(): Promise<Position>
  /**
   * What has changed since, disconnected ones too; nothing that was committed is missed. Null for a position of another history, as
   * the database is a copy, or was restored.
   */
  changed(page: ChangesPage): Promise<ChangedPage | null>
}

/** One row of `connections` with what its current keys say. */
export interface ConnectionRow {
  id: string
  crm_account_id: string
  crm_account_name: string
  wazzup_account_id: string | null
  status: Connection['status']
  generation: number | null
  connected_at: number
  invalid_since: number | null
  disconnected_at: number | null
  warning: string | null
}

export const toConnection = (row: ConnectionRow): Connection => ({
  id: row.id,
  crmAccountId: row.crm_account_id,
  crmAccountName: row.crm_account_name,
  wazzupAccountId: row.wazzup_account_id,
  status: row.status,
  generation: row.generation,
  connectedAt: new Date(row.connected_at),
  invalidSince: moment(row.invalid_since),
  disconnectedAt: moment(row.disconnected_at),
  warning: row.warning,
})

/** Wazzup has begun to refuse an apiKey: after so many milliseconds it is tried again. */
export const FIRST_PAUSE = minutes(1)

/** An apiKey that is to be tried. */
export interface UntriedKey extends CurrentKey {
  /** For how many milliseconds it was left alone since Wazzup refused it last; null when Wazzup takes it. */
  pause: number | null
}

/** When an apiKey is to be tried again. */
export interface NextTry {
  /** It counts as untried since so many milliseconds. */
  ago: number
  /** One that is refused is due in so many milliseconds, however often others are tried. */
  pause?: number
}

/** What an answer about an apiKey does to its connection: from which status to which, and what the audit calls it. */
export const HEALTH_CHANGES = {
  invalid: { from: 'connected', to: 'invalid', action: 'connection.invalid' },
  valid: { from: 'invalid', to: 'connected', action: 'connection.recovered' },
} as const
