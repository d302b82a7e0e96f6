import { keyedDigest } from '../crypto/digest.ts'
import type { Identity } from '../login/port.ts'
import { minutes } from '../shared/clock.ts'
import type { Attempt, AttemptMove, FailureReason } from '../store/port.ts'

/** From the first request to the confirmation. */
export const ATTEMPT_LIFE = minutes(10)

/**
 * Every legal move of an attempt. (The one that is missing, to `confirmed`, is part of the exchange's first commit.)
 *
 *   arrived → identifying → identified → confirmed
 *      ↑          ↓             ↓
 *      └──────  failed      cancelled
 */
export const moves = {
  /** To the login, with a round to remember; of two tabs at once, both then go the way of the first. */
  startLogin: (login: string): AttemptMove => ({
    from: ['arrived'],
    to: 'arrived',
    onlyWithoutLogin: true,
    set: { login },
  }),
  /** The check of an answer was lost in a crash: a new round takes its place. */
  restartLogin: (login: string): AttemptMove => ({ from: ['identifying'], to: 'arrived', set: { login } }),
  /** The person asked to log in as somebody else. */
  startOver: (login: string): AttemptMove => ({
    from: ['arrived', 'identifying', 'identified', 'failed'],
    to: 'arrived',
    set: { login, identity: null },
  }),
  /** One answer of the login is looked at, no matter how many come. */
  takeAnswer: (): AttemptMove => ({ from: ['arrived'], to: 'identifying' }),
  identify: (identity: Identity): AttemptMove => ({
    from: ['identifying'],
    to: 'identified',
    set: { identity, login: null },
  }),
  /** The CRM's login was out of reach: a new round may start. */
  forgetLogin: (): AttemptMove => ({ from: ['identifying'], to: 'arrived', set: { login: null } }),
  fail: (reason: FailureReason): AttemptMove => ({
    from: ['identifying', 'identified'],
    to: 'failed',
    set: { reason, login: null },
  }),
  cancel: (): AttemptMove => ({ from: ['identified'], to: 'cancelled' }),
}

const OPEN: readonly Attempt['status'][] = ['arrived', 'identifying', 'identified']

/** Whether the attempt's time ran out before anything was decided. */
export const isExpired = (attempt: Attempt) => OPEN.includes(attempt.status) && attempt.expiresIn <= 0

/** Whether the attempt still waits for the person. */
export const isOpen = (attempt: Attempt) => OPEN.includes(attempt.status) && attempt.expiresIn > 0

/**
 * Whether another login may help: the wrong person logged in, or the login went wrong, if only for them: a user without a
 * customer, as an operator of the CRM may be, has no account that the login could tell.
 */
export function mayLogInAgain(attempt: Attempt): boolean {
  const loginFailed = attempt.status === 'failed' && LOGIN_REASONS.includes(attempt.reason)
  return attempt.expiresIn > 0 && (loginFailed || isOpen(attempt))
}

const LOGIN_REASONS: readonly (FailureReason | null)[] = [
  'login_failed',
  'login_misconfigured',
  'not_allowed',
]

/** What a form was shown with: for whom, and what it would replace (see `replacedBy`). */
export interface Shown {
  browserSecret: string
  replaces: string
}

/**
 * Ties a form to this browser, this attempt and this user: after another login an older page does not count. What the
 * page said would be replaced is readable in it, and cannot be changed.
 */
export function formTokenOf(attempt: Attempt, { browserSecret, replaces }: Shown): string {
  const { userId, crmAccountId } = attempt.identity ?? { userId: '', crmAccountId: '' }
  const signed = JSON.stringify(['confirm', attempt.id, userId, crmAccountId, replaces])
  return `${replaces}.${keyedDigest(browserSecret, signed)}`
}
