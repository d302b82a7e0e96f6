import { isPendingReason, type FailureReason, type Result } from '../../connect/outcome.ts'
import type { Problem } from './pages/model.ts'

/** HTTP statuses of everything that a page can say. A new reason or problem does not compile without its line here. */
const FAILURE: Record<FailureReason, number> = {
  state_refused: 400,
  login_failed: 401,
  not_allowed: 403,
  state_used_elsewhere: 409,
  restart_needed: 410,
  login_misconfigured: 502,
  secret_refused: 502,
  bad_answer: 502,
  wazzup_unavailable: 503,
}

const RESULT: Record<Exclude<Result['status'], 'failed'>, number> = {
  connected: 200,
  cancelled: 200,
  pending: 202,
  expired: 410,
}

const PROBLEM: Record<Problem, number> = {
  bad_state: 400,
  other_module: 400,
  bad_request: 400,
  forbidden: 403,
  unknown_attempt: 404,
  not_found: 404,
  method_not_allowed: 405,
  body_too_large: 413,
  unsupported_type: 415,
  too_many_requests: 429,
  headers_too_large: 431,
  internal: 500,
  login_misconfigured: 502,
  login_unavailable: 503,
  storage_unavailable: 503,
  overloaded: 503,
  installs_paused: 503,
}

/** All of them, for the documents. */
export const STATUSES: Readonly<Record<string, number>> = { ...RESULT, ...FAILURE, ...PROBLEM }

export function statusOfResult({ status, reason }: Pick<Result, 'status' | 'reason'>): number {
  if (status !== 'failed') return RESULT[status]
  return reason === null || isPendingReason(reason) ? PROBLEM.internal : FAILURE[reason]
}

export const isProblem = (word: string): word is Problem => Object.hasOwn(PROBLEM, word)

export const statusOfProblem = (problem: Problem): number => PROBLEM[problem]
