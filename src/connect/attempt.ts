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
 *
 * A login can be cancelled, too: identifying → cancelled. From there, and only from there, a cancelled one begins again.
 */
export const moves = {
  /** To the login, with a round to remember; of two tabs at once, both then go the way of the first. */
  startLogin: (login: string): AttemptMove => ({
    from: ['arrived'],
    to: 'arrived',
    onlyWithoutLogin: true,
    set: { login },
    tells: { step: 'sent_to_login' },
  }),
  /** The check of an answer was lost in a crash: a new round takes its place. */
  restartLogin: (login: string): AttemptMove => ({
    from: ['identifying'],
    to: 'arrived',
    set: { login },
    tells: { step: 'sent_to_login', code: 'check_was_lost' },
  }),
  /** The person asked to log in as somebody else. */
  startOver: (login: string): AttemptMove => ({
    from: ['arrived', 'identifying', 'identified', 'failed'],
    to: 'arrived',
    set: { login, identity: null },
    tells: { step: 'sent_to_login', code: 'as_somebody_else' },
  }),
  /** The person has cancelled the login, and wants to log in after all. */
  logInAfterAll: (login: string): AttemptMove => ({
    from: ['cancelled'],
    to: 'arrived',
    set: { login },
    tells: { step: 'sent_to_login' },
  }),
  /** One answer of the login is looked at, no matter how many come. */
  takeAnswer: (): AttemptMove => ({ from: ['arrived'], to: 'identifying', tells: { step: 'came_back' } }),
  identify: (identity: Identity): AttemptMove => ({
    from: ['identifying'],
    to: 'identified',
    set: { identity, login: null },
    tells: { step: 'logged_in' },
  }),
  /** The CRM's login was out of reach: a new round may start. */
  forgetLogin: (code: string): AttemptMove => ({
    from: ['identifying'],
    to: 'arrived',
    set: { login: null },
    tells: { step: 'login_unavailable', code },
  }),
  /** `code`: the login's. */
  fail: (reason: FailureReason, code: string): AttemptMove => ({
    from: ['identifying', 'identified'],
    to: 'failed',
    set: { reason, login: null },
    tells: { step: reason, code },
  }),
  cancel: (): AttemptMove => ({ from: ['identified'], to: 'cancelled' }),
  cancelLogin: (code: string): AttemptMove => ({
    from: ['identifying'],
    to: 'cancelled',
    set: { login: null },
    tells: { step: 'cancelled', code },
  }),
}

const OPEN: readonly Attempt['status'][] = ['arrived', 'identifying', 'identified']

/** Where an attempt stands. */
export type Standing = Pick<Attempt, 'status' | 'reason' | 'expiresIn' | 'identity'>

/** Whether the attempt's time ran out before anything was decided. */
export const isExpired = (attempt: Standing) => OPEN.includes(attempt.status) && attempt.expiresIn <= 0

/** Whether the attempt still waits for the person. */
export const isOpen = (attempt: Standing) => OPEN.includes(attempt.status) && attempt.expiresIn > 0

/**
 * Whether another login may help: the wrong person logged in, or the login was cancelled or went wrong, if only for them: a
 * user without a customer, as an operator of the CRM may be, has no account that the login could tell. On the confirm page a
 * user is there, and their «Cancel» ends the attempt.
 */
export function mayLogInAgain(attempt: Standing): boolean {
  const loginFailed = attempt.status === 'failed' && LOGIN_REASONS.includes(attempt.reason)
  const loginCancelled = attempt.status === 'cancelled' && attempt.identity === null
  return attempt.expiresIn > 0 && (loginFailed || loginCancelled || isOpen(attempt))
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
