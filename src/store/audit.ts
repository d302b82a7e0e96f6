/** Who did something, and from where. */
export interface Actor {
  userId: string
  userName: string
  address: string
}

/** What somebody did with a connection, or with the installs as a whole. It is written once; all that may ever change
 * is that its person is erased. Nothing of it is secret. */
export interface AuditEntry extends Actor {
  at: Date
  action: AuditAction
  /** Empty when it was about all installs. */
  crmAccountId: string
  wazzupAccountId: string | null
  /** 0 when it was about no generation in particular. */
  generation: number
}

export interface AuditStore {
  append(entry: AuditEntry): Promise<void>
  /** The latest first. */
  of(crmAccountId: string, limit: number): Promise<AuditEntry[]>
}

type AuditAction =
  | 'connection.connected'
  /** The answer came when a newer one was already there. */
  | 'connection.superseded'
  /** Wazzup gave the same apiKey to another CRM account. */
  | 'connection.taken_over'
  | 'connection.disconnected'
  /** Its persons were: the entries before it have no names any more. */
  | 'connection.erased'
  | 'connection.invalid'
  | 'connection.recovered'
  | 'api_key.read'
  | 'installs.paused'
  | 'installs.resumed'

/** One row of `audit`. */
export interface AuditRow {
  at: number
  action: AuditAction
  user_id: string
  user_name: string
  crm_account_id: string
  wazzup_account_id: string | null
  generation: number
  address: string
}

export const toAuditEntry = (row: AuditRow): AuditEntry => ({
  at: new Date(row.at),
  action: row.action,
  userId: row.user_id,
  userName: row.user_name,
  crmAccountId: row.crm_account_id,
  wazzupAccountId: row.wazzup_account_id,
  generation: row.generation,
  address: row.address,
})
