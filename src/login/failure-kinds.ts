/** Whose mistake it is. */
export type Blame =
  /** Only what the vendor has set up can have caused it, and only the vendor can mend it. */
  | 'vendor'
  /** The person who logs in: said no, took too long, has another role. */
  | 'person'
  /** A stranger's browser could have sent it, so it raises no alarm. */
  | 'anybody'
  /** The other side gave no usable answer; the person may try again. */
  | 'outage'
  /** A mistake of the service itself. */
  | 'us'

export interface Failure {
  blame: Blame
  reason: 'login_misconfigured' | 'login_failed' | 'not_allowed' | 'cancelled' | 'login_unavailable'
  /** For the operator. `{found}`, `{expected}` and the other names of `Facts` are filled in. */
  says: string
}

export const vendor = (says: string): Failure => ({ blame: 'vendor', reason: 'login_misconfigured', says })
export const anybody = (says: string): Failure => ({ blame: 'anybody', reason: 'login_failed', says })
export const person = (says: string): Failure => ({ blame: 'person', reason: 'login_failed', says })
export const no = (says: string): Failure => ({ blame: 'person', reason: 'cancelled', says })
export const role = (says: string): Failure => ({ blame: 'person', reason: 'not_allowed', says })
export const outage = (says: string): Failure => ({ blame: 'outage', reason: 'login_unavailable', says })
export const us = (says: string): Failure => ({ blame: 'us', reason: 'login_failed', says })
