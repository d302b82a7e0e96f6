import type { Identity } from '../login/port.ts'

/** Why an attempt failed. Its HTTP status is decided in `http/public/`, its words in `http/public/locales/`. */
export type FailureReason =
  | 'state_refused'
  | 'login_failed'
  | 'login_misconfigured'
  | 'not_allowed'
  | 'state_used_elsewhere'
  | 'secret_refused'
  | 'bad_answer'
  | 'wazzup_unavailable'
  | 'restart_needed'

type AttemptStatus = 'arrived' | 'identifying' | 'identified' | 'confirmed' | 'cancelled' | 'failed'

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
  /** The login round under way: where it goes and what to remember. */
  login: string | null
  identity: Identity | null
  /** Told by the state, proved by nobody. */
  wazzupAccountId: string | null
  /** Milliseconds until its time is over, by the clock that all processes share; 0 or less when it is. */
  expiresIn: number
}

export interface NewAttempt extends Pick<Attempt, 'id' | 'stateHash' | 'browserHash' | 'wazzupAccountId'> {
  state: string
  /** Milliseconds until its time is over. */
  life: number
}

/** What tells an attempt from others, without what is sealed in it. */
export interface KnownAttempt extends Pick<
  Attempt,
  'id' | 'stateHash' | 'browserHash' | 'status' | 'expiresIn'
> {
  /** Somebody has logged in. */
  hasUser: boolean
}

/** One legal move of an attempt; `connect/attempt.ts` lists them. */
export interface AttemptMove {
  from: readonly AttemptStatus[]
  to: AttemptStatus
  /** Not when a login round is under way. */
  onlyWithoutLogin?: true
  set?: { login?: string | null; identity?: Identity | null; reason?: FailureReason | null }
  /** What it is for the support; without it, the status that it leads to. */
  tells?: Told
}

/** A step of an attempt, for the support. `code`: why; one of the login codes, for example, never what came from outside. */
export interface Told {
  step: string
  code?: string | null
}

export interface AttemptStore {
  /**
   * Stores the attempt, unless new installs are paused. When `most` attempts have no user yet, evicts the oldest one that is
   * not at a login, failed and expired ones among them; stores nothing if there is none.
   */
  open(attempt: NewAttempt, most?: number): Promise<Opened>
  find(id: string): Promise<Attempt | null>
  /** Those of them that there are, the oldest first; in one question, however many are asked for. */
  known(ids: readonly string[]): Promise<KnownAttempt[]>
  /** False when the attempt is not in a `from` status, or its time is over. True for one caller only. */
  move(id: string, move: AttemptMove): Promise<boolean>
  /** Keeps a step for the support that has changed nothing. */
  tell(id: string, told: Told): Promise<void>
}

/** A login answer that is kept for seconds, under the digest of a ticket. */
export interface Parked {
  attemptId: string
  /** Who has surely made it, as the login method says; null when anybody may have. */
  sender: string | null
  /** The address that it came from. */
  from: string
  idHash: string
  answer: string
  /** For how many milliseconds. */
  keptFor: number
}

/** Login answers that came by POST, kept for seconds. */
export interface ParkedStore {
  /**
   * Of one attempt and sender the newest few are kept: nobody can push out what another has sent. Where nobody can tell the
   * sender, those of one address are kept together, many more of them.
   */
  put(parked: Parked): Promise<void>
  find(idHash: string): Promise<string | null>
}

/** One row of `attempts`. */
export interface AttemptRow {
  id: string
  state_hash: string
  state_sealed: string | null
  browser_hash: string
  status: AttemptStatus
  reason: FailureReason | null
  login_sealed: string | null
  user_id: string | null
  user_name: string
  crm_account_id: string
  crm_account_name: string
  role: string | null
  wazzup_account_id: string | null
  expires_in: number
}

export const toKnownAttempt = (row: KnownRow): KnownAttempt => ({
  id: row.id,
  stateHash: row.state_hash,
  browserHash: row.browser_hash,
  status: row.status,
  hasUser: row.user_id !== null,
  expiresIn: row.expires_in,
})

export type KnownRow = Pick<
  AttemptRow,
  'id' | 'state_hash' | 'browser_hash' | 'status' | 'user_id' | 'expires_in'
>

/** What a move sets that takes the identity away. */
export const NOBODY = { userId: null, userName: null, crmAccountId: null, crmAccountName: null, role: null }

export function toAttempt(row: AttemptRow): Attempt {
  return {
    id: row.id,
    stateHash: row.state_hash,
    state: row.state_sealed,
    browserHash: row.browser_hash,
    status: row.status,
    reason: row.reason,
    login: row.login_sealed,
    identity: row.user_id === null ? null : toIdentity(row, row.user_id),
    wazzupAccountId: row.wazzup_account_id,
    expiresIn: row.expires_in,
  }
}

const toIdentity = (row: AttemptRow, userId: string) => ({
  userId,
  userName: row.user_name,
  crmAccountId: row.crm_account_id,
  crmAccountName: row.crm_account_name,
  role: row.role,
})

/** What became of a new attempt. `full`: too many have no user yet; `paused`: new installs are. */
export type Opened = 'opened' | 'full' | 'paused'

/** Of attempts without a user; both databases can count so far. */
export const ANY_NUMBER = 2 ** 31 - 1
