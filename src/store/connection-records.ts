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

export interface ConnectionPage {
  status: Connection['status'] | null
  /** The CRM account after which the page begins; null for the first. */
  after: string | null
  limit: number
}

/** Who did something, and from where. */
export interface Actor {
  userId: string
  userName: string
  address: string
}

/** What somebody did with a connection. It is written once and never changed; nothing of it is secret. */
export interface AuditEntry extends Actor {
  at: Date
  action: AuditAction
  crmAccountId: string
  wazzupAccountId: string | null
  /** 0 when it was about no generation in particular. */
  generation: number
}

export type AuditAction =
  | 'connection.connected'
  /** The answer came when a newer one was already there. */
  | 'connection.superseded'
  /** Wazzup gave the same apiKey to another CRM account. */
  | 'connection.taken_over'
  | 'connection.disconnected'
  | 'connection.invalid'
  | 'connection.recovered'
  | 'api_key.read'

/** Why the webhooks of a generation are to be switched off: an operator's word, a move to another Wazzup account, a key that came late. */
export type SwitchOffCause = 'disconnected' | 'moved' | 'late'

/** The keys that a connection uses now. */
export interface CurrentKey {
  connectionId: string
  generationId: string
  crmAccountId: string
  generation: number
  apiKey: () => string | null
}

/** What a crmKey resolves to. */
export interface ResolvedKey extends CurrentKey {
  crmAccountName: string
  wazzupAccountId: string | null
  keyStatus: 'pending' | 'current' | 'previous'
}
