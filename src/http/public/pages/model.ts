import type { ConfirmNote, Result, Review } from '../../../connect/outcome.ts'

/** What the confirm page tells a person before anything is sent. `note`: about the press that led back to it. */
export type ConfirmPage = { page: 'confirm'; note: ConfirmNote | null } & Omit<Review, 'busy'>

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
  | 'headers_too_large'
  | 'unsupported_type'
  | 'bad_request'
  | 'login_unavailable'
  | 'login_misconfigured'
  | 'storage_unavailable'
  | 'overloaded'
  | 'installs_paused'
  | 'too_many_requests'
  | 'internal'

/** `attemptId` where trying again with the same attempt makes sense (login_unavailable, login_misconfigured, storage_unavailable). */
export interface ProblemPage {
  page: 'problem'
  problem: Problem
  supportId: string
  attemptId: string | null
}

export type Page = ConfirmPage | ResultPage | ProblemPage
