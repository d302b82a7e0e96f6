import type { LoginMethod } from '../login/port.ts'
import type { Logger } from '../observability/logger.ts'
import type { Jitter } from '../shared/backoff.ts'
import type { Clock } from '../shared/clock.ts'
import type { Random } from '../shared/random.ts'
import type { Sleep } from '../shared/sleep.ts'
import type { Attempt, Exchange, Store } from '../store/port.ts'
import type { Connect } from '../wazzup/connect.ts'
import type { Result } from './outcome.ts'

/** What a request of the browser brings, free of any web framework. What a row does not use stays empty. */
export interface Request {
  /** The attempt that the request names; it is this browser's only if `browser` has its secret. */
  attemptId: string | null
  /** Secrets from this browser's cookies, by attempt id. */
  browser: ReadonlyMap<string, string>
  /** The query as it came, undecoded. */
  rawQuery: string
  /** The login's answer, from the query or the form. */
  answer: URLSearchParams
  csrfToken: string | null
  /** The person asked to log in as somebody else. */
  again: boolean
  /** Where the browser comes from, for the audit. */
  address: string
}

/** A request on its way through the steps: what they have found out so far. */
export interface Visit {
  request: Request
  now: Date
  /** Set by `arrive`. */
  state: string | null
  /** The request's own, or set by `readAnswer`. */
  attemptId: string | null
  answer: URLSearchParams
  /** Set by `recogniseBrowser`, together with the secret that proves the browser. */
  attempt: Attempt | null
  browserSecret: string
  /** Set by `claimExchange`. */
  exchange: Exchange | null
  /** What the one log event of this request should say besides the outcome: codes and figures, never input. */
  facts: Record<string, string | number | boolean | null>
}

export type Step = (visit: Visit, deps: ConnectDeps) => Promise<Outcome | undefined>

export interface ConnectDeps {
  store: Store
  login: LoginMethod
  connect: Connect
  settings: ConnectSettings
  log: Logger
  clock: Clock
  random: Random
  jitter: Jitter
  sleep: Sleep
}

interface ConnectSettings {
  crmCode: string
  /** The module's secret, revealed only into the body of the connect call. */
  secret: () => string
  /** How long the crmKey of an older generation still resolves, in milliseconds. */
  crmKeyGrace: number
  /** What the first upload after a connect will send. */
  sends: { data: boolean; webhooksAddress: boolean }
}

/** What the browser gets to see; `http/public/` turns it into an answer. */
export type Outcome =
  | { kind: 'opened'; attemptId: string; browserSecret: string }
  | { kind: 'go'; to: 'attempt' | 'confirm' | 'result'; attemptId: string }
  | { kind: 'login'; location: URL }
  | { kind: 'parked'; ticket: string }
  | { kind: 'review'; review: Review }
  /** `waitsForPerson`: nothing is decided yet, and it is not us who is being waited for. */
  | { kind: 'result'; attemptId: string; result: Result; csrfToken: string; waitsForPerson: boolean }
  | { kind: 'refused'; problem: Refusal; attemptId: string | null }

export type Refusal =
  'bad_state' | 'other_module' | 'bad_request' | 'unknown_attempt' | 'forbidden' | 'login_unavailable'

/** What the person is asked to agree to. */
interface Review {
  attemptId: string
  csrfToken: string
  crmAccountName: string
  userName: string
  role: string | null
  wazzupAccountId: string | null
  replaces: { wazzupAccountId: string | null; connectedAt: Date } | null
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
