import type { BrowserAnswer, LoginMethod } from '../login/port.ts'
import type { Logger } from '../observability/logger.ts'
import type { FunnelMeter } from '../observability/metrics.ts'
import { AppError } from '../shared/app-error.ts'
import type { Jitter } from '../shared/backoff.ts'
import type { Clock, Monotonic } from '../shared/clock.ts'
import type { Random } from '../shared/random.ts'
import type { Sleep } from '../shared/sleep.ts'
import type { Attempt, ClaimedExchange, KnownAttempt, Store } from '../store/port.ts'
import type { Planned } from '../upload/progress.ts'
import type { Connect } from '../wazzup/connect.ts'
import type { IsNews } from './news.ts'
import type { Outcome } from './outcome.ts'

/** What a request of the browser brings, free of any web framework. What a row does not use stays empty. */
export interface Request {
  /** The attempt that the request names; it is this browser's only if `browser` has its secret. */
  attemptId: string | null
  /** Secrets from this browser's cookies, by attempt id. */
  browser: ReadonlyMap<string, string>
  /** The query as it came, undecoded. */
  rawQuery: string
  /** What may be the login's answer. */
  answer: BrowserAnswer
  /** What the form carries against forgery. */
  formToken: string | null
  /** The form says that the person was looking when they pressed its button. */
  aware: boolean
  /** The person asked to log in as somebody else. */
  again: boolean
  /** Where the browser comes from, for the audit. */
  address: string
  /** Of this request, and of its moment: the support id of a page that has no attempt to name is made of it. */
  requestId: string
}

/** A request on its way through the steps: what they have found out so far. */
export interface Visit {
  request: Request
  /** Set by `arrive`. */
  state: string | null
  /** Set by `resumeAttempt`: the attempts that this browser has opened, the oldest first. */
  own: readonly KnownAttempt[]
  /** The request's own, or set by `readAnswer`. */
  attemptId: string | null
  answer: BrowserAnswer
  /** Set by `recogniseBrowser`, together with the secret that proves the browser. */
  attempt: Attempt | null
  browserSecret: string
  /** Set by `checkForm`: the connection that the page said would be replaced. */
  replaces: string
  /** Set by `claimExchange`. */
  exchange: ClaimedExchange | null
  /** What the one log event of this request should say besides the outcome: codes and figures, never input. */
  facts: Record<string, string | number | boolean | null>
  /** What stood in the way, for the log. */
  err?: unknown
  /** The vendor has to mend something, or the service itself is wrong: the event of this request is an error. */
  isError?: true
}

/**
 * The attempt that `recogniseBrowser` has found.
 * @throws AppError when a row of the flow has no such step before
 */
export function attemptOf({ attempt }: Visit): Attempt {
  if (attempt) return attempt
  throw new AppError('A step needs an attempt before it was found', { code: 'step_out_of_order' })
}

export type Step = (visit: Visit, deps: ConnectDeps) => Promise<Outcome | undefined>

export interface ConnectDeps {
  store: Store
  /** Milliseconds since this process last saw that the database takes no write. */
  storeWellFor: () => number
  login: LoginMethod
  connect: Connect
  settings: ConnectSettings
  log: Logger
  meter: FunnelMeter
  clock: Clock
  monotonic: Monotonic
  random: Random
  jitter: Jitter
  sleep: Sleep
  background: Background
  isNews: IsNews
  /** Whether new installs were paused when the store was last asked; for when it gives no answer. */
  wasPaused: () => boolean
}

/** What sending an exchange needs; part of the flow's own dependencies. */
export type ExchangeDeps = Pick<
  ConnectDeps,
  | 'store'
  | 'storeWellFor'
  | 'connect'
  | 'settings'
  | 'log'
  | 'meter'
  | 'clock'
  | 'monotonic'
  | 'random'
  | 'jitter'
  | 'sleep'
  | 'background'
>

/** Work that goes on when its request has been answered. */
export interface Background {
  /** A stop waits for it, for as long as a stop may take. */
  keep(work: Promise<unknown>): void
  /** Aborted when nothing is waited for any more. */
  readonly stopped: AbortSignal
}

interface ConnectSettings {
  crmCode: string
  /** The module's secret, revealed only into the body of the connect call. */
  secret: () => string
  /** How many attempts may be kept in which nobody has logged in. */
  unfinishedAttempts: number
  /** How long the crmKey of an older generation still resolves, in milliseconds. */
  crmKeyGrace: number
  /** The steps of the first upload after a connect; empty when there is none. */
  uploadPlan: readonly Planned[]
}
