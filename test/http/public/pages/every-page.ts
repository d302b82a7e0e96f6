import type { FailureReason, Result } from '../../../../src/connect/outcome.ts'
import type { ConfirmPage, Page, Problem } from '../../../../src/http/public/pages/model.ts'

const REASONS: Record<FailureReason, Result['retry']> = {
  state_refused: null,
  login_failed: 'login',
  login_misconfigured: 'login',
  not_allowed: 'login',
  state_used_elsewhere: 'login',
  secret_refused: null,
  bad_answer: null,
  wazzup_unavailable: 'confirm',
  restart_needed: null,
}

const PROBLEMS: Record<Problem, { attemptId: string | null }> = {
  bad_state: { attemptId: null },
  other_module: { attemptId: null },
  unknown_attempt: { attemptId: null },
  not_found: { attemptId: null },
  method_not_allowed: { attemptId: null },
  forbidden: { attemptId: null },
  body_too_large: { attemptId: null },
  headers_too_large: { attemptId: null },
  unsupported_type: { attemptId: null },
  bad_request: { attemptId: null },
  login_unavailable: { attemptId: 'attempt-1' },
  login_misconfigured: { attemptId: 'attempt-1' },
  storage_unavailable: { attemptId: 'attempt-1' },
  overloaded: { attemptId: 'attempt-1' },
  installs_paused: { attemptId: null },
  too_many_requests: { attemptId: 'attempt-1' },
  internal: { attemptId: null },
}

export const confirmPage = (over: Partial<ConfirmPage> = {}): ConfirmPage => ({
  page: 'confirm',
  attemptId: 'attempt-1',
  csrfToken: 'csrf-token-1',
  crmAccountName: 'Northwind Traders',
  nameInWazzup: null,
  userName: 'Nina Petrova',
  wazzupAccountId: '20394857',
  isHeldElsewhere: false,
  replaces: null,
  uploads: true,
  minutesLeft: 9,
  note: null,
  ...over,
})

export const resultPage = (over: Partial<Result> = {}): Page => ({
  page: 'result',
  attemptId: 'attempt-1',
  csrfToken: over.retry === 'confirm' ? 'csrf-token-1' : null,
  result: {
    status: 'connected',
    reason: null,
    supportId: 'K7QF-2M9X',
    crmAccountName: 'Northwind Traders',
    upload: null,
    retry: null,
    retryAfter: null,
    ...over,
  },
})

export const problemPage = (problem: Problem, attemptId: string | null = null): Page => ({
  page: 'problem',
  problem,
  supportId: 'K7QF-2M9X',
  attemptId,
})

/** One of every kind of page, by a name for the test's report. */
export const everyPage = (): Record<string, Page> => ({
  confirm: confirmPage(),
  'confirm-bare': confirmPage({ wazzupAccountId: null, uploads: false, minutesLeft: 0 }),
  'confirm-replacing': confirmPage({
    replaces: { wazzupAccountId: '11223344', connectedAt: new Date('2026-03-03T10:00:00Z') },
  }),
  'confirm-other-name': confirmPage({
    crmAccountName: 'ООО «Ромашка & Ко»',
    nameInWazzup: 'ООО Ромашка Ко',
  }),
  'confirm-held': confirmPage({ isHeldElsewhere: true }),
  'confirm-note': confirmPage({ note: 'unaware' }),
  'confirm-busy': confirmPage({ note: 'busy' }),
  'confirm-changed': confirmPage({ note: 'changed' }),
  'confirm-long-names': confirmPage({
    crmAccountName: 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(
      3,
    ),
    userName: 'Анна-Мария Константинопольская-Преображенская '.repeat(4),
    wazzupAccountId: '9'.repeat(120),
  }),
  connected: resultPage(),
  'connected-upload': resultPage({ upload: { status: 'running', reason: null, steps: [] } }),
  pending: resultPage({ status: 'pending', retryAfter: 2 }),
  'pending-busy': resultPage({ status: 'pending', reason: 'wazzup_busy', retryAfter: 2 }),
  'pending-unknown': resultPage({ status: 'pending', reason: 'outcome_unknown', retryAfter: 5 }),
  cancelled: resultPage({ status: 'cancelled' }),
  'cancelled-login': resultPage({ status: 'cancelled', crmAccountName: null, retry: 'login' }),
  expired: resultPage({ status: 'expired', crmAccountName: null }),
  ...Object.fromEntries(
    Object.entries(REASONS).map(([reason, retry]) => [
      `failed-${reason}`,
      resultPage({
        status: 'failed',
        reason: reason as FailureReason,
        retry,
        retryAfter: reason === 'wazzup_unavailable' ? 30 : null,
      }),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(PROBLEMS).map(([problem, { attemptId }]) => [
      `problem-${problem}`,
      problemPage(problem as Problem, attemptId),
    ]),
  ),
})

/** One page of every build; the rest differs from these in words only. */
export const EVERY_BUILD = [
  'confirm-bare',
  'confirm-replacing',
  'confirm-long-names',
  'connected',
  'pending',
  'cancelled',
  'failed-not_allowed',
  'failed-wazzup_unavailable',
  'problem-bad_state',
  'problem-forbidden',
]
