import type { FailureReason } from '../store/port.ts'
import type { UploadProgress } from '../upload/progress.ts'

export type { FailureReason }

/** `outcome_unknown`: a lost answer is being settled. `wazzup_busy`: nothing has happened so far, and we go on trying. */
export type PendingReason = (typeof PENDING_REASONS)[number]

const PENDING_REASONS = ['outcome_unknown', 'wazzup_busy'] as const

export const isPendingReason = (reason: Result['reason']): reason is PendingReason =>
  PENDING_REASONS.some((one) => one === reason)

/** What the result of an attempt is, for every caller, however often it is asked for. */
export interface Result {
  status: 'pending' | 'connected' | 'cancelled' | 'expired' | 'failed'
  /** With `failed` a failure reason; with `pending`, where there is more to say, what is being done. */
  reason: FailureReason | PendingReason | null
  supportId: string
  crmAccountName: string | null
  /** The first upload, once there is one. */
  upload: UploadProgress | null
  /** The person can do something about it with this same attempt: log in as somebody else, or send again. */
  retry: 'login' | 'confirm' | null
  /** When retrying makes sense, in seconds; only with `wazzup_unavailable` and `pending`. */
  retryAfter: number | null
}

/** What the browser gets to see; `http/public/` turns it into an answer. */
export type Outcome =
  /** `outlived`: attempts whose cookies the browser is to give up. */
  | { kind: 'opened'; attemptId: string; browserSecret: string; outlived: readonly string[] }
  /** `note`: what the confirm page should say about the press that led back to it. */
  | { kind: 'go'; to: 'attempt' | 'confirm' | 'result'; attemptId: string; note?: ConfirmNote }
  | { kind: 'login'; location: URL }
  | { kind: 'parked'; ticket: string }
  | { kind: 'review'; review: Review }
  /** `waitsForPerson`: nothing is decided yet, and it is not us who is being waited for. */
  | { kind: 'result'; attemptId: string; result: Result; csrfToken: string; waitsForPerson: boolean }
  | { kind: 'refused'; problem: Refusal; attemptId: string | null }

/** Why a press on the confirm page did not connect. */
export type ConfirmNote = 'unaware' | 'busy' | 'changed'

export type Refusal =
  | 'bad_state'
  | 'other_module'
  | 'bad_request'
  | 'unknown_attempt'
  | 'forbidden'
  | 'login_unavailable'
  | 'login_misconfigured'
  | 'overloaded'
  | 'installs_paused'

/** What the person is asked to agree to. */
export interface Review {
  attemptId: string
  csrfToken: string
  crmAccountName: string
  /** What Wazzup will show for it; null where that is the same. */
  nameInWazzup: string | null
  userName: string
  /** Read from the state without proof. Null when the state does not show one. */
  wazzupAccountId: string | null
  /** Another CRM account is connected to it. Never which: the state may be of a stranger's making. */
  isHeldElsewhere: boolean
  /** Another connection of this account is being made this moment. */
  busy: boolean
  /** The connection that confirming would replace. */
  replaces: { wazzupAccountId: string | null; connectedAt: Date } | null
  /** Whether an upload of users, pipelines, contacts and deals follows. */
  uploads: boolean
  minutesLeft: number
}

export const go = (to: 'attempt' | 'confirm' | 'result', attemptId: string): Outcome => ({
  kind: 'go',
  to,
  attemptId,
})

export const refuse = (problem: Refusal, attemptId: string | null = null): Outcome => ({
  kind: 'refused',
  problem,
  attemptId,
})
