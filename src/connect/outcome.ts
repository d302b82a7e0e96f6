import type { FailureReason } from '../store/port.ts'

export type { FailureReason }

/** What the result of an attempt is, whoever asks for it and however often. */
export interface Result {
  status: 'pending' | 'connected' | 'cancelled' | 'expired' | 'failed'
  /** With `failed` a failure reason; with `pending` `outcome_unknown` while a lost answer is being settled. */
  reason: FailureReason | 'outcome_unknown' | null
  supportId: string
  crmAccountName: string | null
  /** The first upload, once there is one. */
  upload: { status: string } | null
  /** The person can do something about it with this same attempt: log in as somebody else, or send again. */
  retry: 'login' | 'confirm' | null
  /** When retrying makes sense, in seconds; only with `wazzup_unavailable` and `pending`. */
  retryAfter: number | null
}
