import type { Actor } from './audit.ts'

/** Whether new customers may connect, as an operator has said for all replicas. */
export interface Installs {
  paused: boolean
  /** Why, for operators; null while nothing is paused. */
  reason: string | null
  /** Who has changed it last, and when; null before anybody has. */
  changedBy: string | null
  changedAt: Date | null
}

export interface InstallsStore {
  read(): Promise<Installs>
  /**
   * Pauses new installs for this reason, or with null lets them in again, and writes that into the audit. What is so
   * already is left as it was. Resolves to what is so then.
   */
  set(reason: string | null, by: Actor, now: Date): Promise<Installs>
}

/** As nobody has said anything. */
export const NEVER_PAUSED: Installs = { paused: false, reason: null, changedBy: null, changedAt: null }

/** The row of `installs`. */
export interface InstallsRow {
  paused: number
  reason: string | null
  changed_by: string
  changed_at: number
}

export const toInstalls = (row: InstallsRow): Installs => ({
  paused: row.paused === 1,
  reason: row.reason,
  changedBy: row.changed_by,
  changedAt: new Date(row.changed_at),
})
