import type { Identity } from '../login/port.ts'

/** Why an attempt failed. Its HTTP status is decided in `http/public/`, its words in `http/public/locales/`. */
export type FailureReason =
  | 'state_refused'
  | 'login_failed'
  | 'not_allowed'
  | 'state_used_elsewhere'
  | 'secret_refused'
  | 'bad_answer'
  | 'wazzup_unavailable'
  | 'restart_needed'

export type AttemptStatus = 'arrived' | 'identifying' | 'identified' | 'confirmed' | 'cancelled' | 'failed'

/** One browser's passage from the redirect to the result. */
export interface Attempt {
  id: string
  stateHash: string
  /** Null once it has been handed to an exchange, or erased. */
  state: string | null
  /** Digest of the cookie that only this browser has. */
  browserHash: string
  status: AttemptStatus
  reason: FailureReason | null
  /** The login leg under way: where it goes and what to remember. */
  login: string | null
  identity: Identity | null
  /** Told by the state, proved by nobody. */
  wazzupAccountId: string | null
  createdAt: Date
  expiresAt: Date
}

export type NewAttempt = Pick<
  Attempt,
  'id' | 'stateHash' | 'browserHash' | 'wazzupAccountId' | 'createdAt' | 'expiresAt'
> & { state: string }

/** One legal move of an attempt; `connect/attempt.ts` lists them. */
export interface AttemptMove {
  from: readonly AttemptStatus[]
  to: AttemptStatus
  /** Not when a login leg is under way. */
  onlyWithoutLogin?: true
  set?: { login?: string | null; identity?: Identity | null; reason?: FailureReason | null }
}

/** The exchange of one state for an apiKey: what is sent, always the same, and how far it got. */
export interface Exchange {
  stateHash: string
  /** Null once nothing will be sent any more. */
  state: string | null
  crmKey: string | null
  name: string
  crmAccountId: string
  crmAccountName: string
  generationId: string
  attemptId: string
  status: 'pending' | 'connected' | 'failed'
  reason: FailureReason | null
  /** Whether an earlier answer may have been lost: from then on a refusal says nothing about the first sending. */
  maybeAnswered: boolean
  tries: number
  /** While pending: when the recovery worker may take it. After `wazzup_unavailable`: when to try again. */
  dueAt: Date
  createdAt: Date
  /** The upload that a connect has queued. */
  upload: { status: string } | null
}

/** What a confirmation makes: the keys' generation and the exchange, with ids and values made by the flow. */
export interface NewExchange {
  attemptId: string
  state: string
  name: string
  crmKey: string
  crmKeyHash: string
  generationId: string
  /** Used when this CRM account has no connection yet. */
  connectionId: string
  /** Where the confirming browser came from, for the audit. */
  address: string
  now: Date
  /** Until then nobody else may send. */
  leaseUntil: Date
  /** Until when the crmKey of an older exchange that this one makes pointless still resolves. */
  graceUntil: Date
}

export type ClaimResult =
  | { kind: 'claimed'; exchange: Exchange }
  /** Another exchange of this account is being sent: nothing was changed, to be asked again when it has ended. */
  | { kind: 'busy' }
  /** This account has confirmed the same state before: one exchange serves both attempts. */
  | { kind: 'joined' }
  /** Another CRM account has confirmed this state; the attempt is now failed. */
  | { kind: 'elsewhere' }
  /** The attempt was not waiting for a confirmation any more. */
  | { kind: 'not_open' }

export interface Connected {
  stateHash: string
  generationId: string
  apiKey: string
  apiKeyHash: string
  now: Date
  /** Until when the crmKey of the older generation still resolves. */
  graceUntil: Date
  /** Whether a first upload is to be queued. */
  upload: boolean
}

export interface Failure {
  /**
   * Keys are erased, with two exceptions: after `wazzup_unavailable` everything is kept for a reclaim, and when Wazzup
   * may know the crmKey, after `restart_needed` and `bad_answer`, it resolves until `graceUntil`.
   */
  reason: FailureReason
  graceUntil: Date
  /** When sending again makes sense; kept as `dueAt`. */
  retryAt: Date
}

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
}

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

/** A login answer that is kept for seconds, under the digest of a ticket. */
export interface Parked {
  attemptId: string
  idHash: string
  answer: string
  until: Date
}

/** The steps of an upload, in their order. */
export type UploadKind = 'users' | 'pipelines' | 'contacts' | 'deals' | 'webhooks'

export type UploadStatus = 'waiting' | 'running' | 'done' | 'done_with_rejects' | 'failed'

/** How far one step has got, as people may see it. */
export interface UploadStep {
  kind: UploadKind
  status: UploadStatus
  /** Why it failed: a code, such as `not_open`. */
  reason: string | null
  /** Rows that the CRM has given; of these some were sent, some could not be, and some were there twice. */
  read: number
  sent: number
  rejected: number
  /** Rows that there are in all; null when the CRM does not tell. */
  total: number | null
  startedAt: Date | null
  endedAt: Date | null
}

/** Where a step goes on: the page that `cursor` leads to, behind its row number `rowOnPage`, whose id was `lastRow`. */
export interface UploadPlace {
  cursor: string | null
  rowOnPage: number
  lastRow: string | null
}

export interface Upload {
  generationId: string
  crmAccountId: string
  status: UploadStatus
  reason: string | null
  steps: UploadStep[]
}

/** An upload that a runner has taken: nobody else works on it until its lease ends. */
export interface ClaimedUpload {
  key: CurrentKey
  /** Names this claim; a claim that was taken over commits nothing any more. */
  runner: string
  /** Unusable answers in a row so far. */
  tries: number
  steps: (UploadStep & UploadPlace)[]
}

/** What could not be sent, or not as it was. */
export interface UploadReject {
  kind: UploadKind
  /** The CRM's own id of the row; null when it has none that can be told. */
  rowId: string | null
  /** Number of the row among those that were read, from 1. */
  position: number
  reason: string
}

/** One commit of a runner: how a step stands now, and what was rejected since the last. */
export interface UploadCommit {
  step: UploadStep & UploadPlace
  rejects: readonly UploadReject[]
  leaseUntil: Date
}

/** How a runner leaves an upload. `dueAt` null: there is nothing left to do. */
export interface UploadRelease {
  status: UploadStatus
  reason: string | null
  dueAt: Date | null
  tries: number
}
