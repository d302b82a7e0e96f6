import type { Result } from '../../../connect/outcome.ts'

/** What the confirm page tells a person before anything is sent. */
export interface ConfirmPage {
  page: 'confirm'
  attemptId: string
  csrfToken: string
  crmAccountName: string
  userName: string
  role: string | null
  /** Read from the state without proof: the page says so. Null when the state does not show one. */
  wazzupAccountId: string | null
  /** The connection that confirming would replace. */
  replaces: { wazzupAccountId: string | null; connectedAt: Date } | null
  /** Whether an upload of users, pipelines, contacts and deals follows. */
  uploads: boolean
  minutesLeft: number
}

/** `csrfToken` only with `retry: 'confirm'`. */
export interface ResultPage {
  page: 'result'
  attemptId: string
  csrfToken: string | null
  result: Result
}

/** Pages for requests that belong to no attempt, or to one that is not this browser's. */
export type Problem =
  | 'bad_state'
  | 'other_module'
  | 'unknown_attempt'
  | 'not_found'
  | 'method_not_allowed'
  | 'forbidden'
  | 'body_too_large'
  | 'unsupported_type'
  | 'bad_request'
  | 'login_unavailable'
  | 'storage_unavailable'
  | 'internal'

/** `attemptId` where trying again with the same attempt makes sense (login_unavailable, storage_unavailable). */
export interface ProblemPage {
  page: 'problem'
  problem: Problem
  supportId: string
  attemptId: string | null
}

export type Page = ConfirmPage | ResultPage | ProblemPage
