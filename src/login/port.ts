import type { z } from 'zod'
import type { Logger } from '../observability/logger.ts'
import type { Clock, Monotonic } from '../shared/clock.ts'
import type { Random } from '../shared/random.ts'
import type { WayOut } from '../config/way-out.ts'

/** Who the CRM says is sitting at the browser, and for which of its customers they act. */
export interface Identity {
  userId: string
  userName: string
  crmAccountId: string
  crmAccountName: string
  /** As the CRM spells it; null when the CRM does not say. */
  role: string | null
}

/** One passage through the CRM's login. `again`: the person asked for another user than the one logged in. */
export interface LoginRound {
  attemptId: string
  again: boolean
}

/** `remember` is kept, sealed, with the attempt and handed back to `complete` exactly once. */
export type LoginStart = { kind: 'redirect'; location: URL; remember: string } | LoginFailure

/** What came with the browser. Nothing in it is proved: a header may be a proxy's, or anybody's. */
export interface BrowserAnswer {
  /** The parameters of the query (GET) or of the form (POST). */
  params: URLSearchParams
  /** All but the cookies. */
  headers: Headers
}

export interface LoginAnswer extends BrowserAnswer {
  remembered: string
}

export type LoginOutcome = { kind: 'identified'; identity: Identity } | LoginFailure

/** Why a login does not begin, or does not end in a user. */
export type LoginFailure =
  /**
   * `login_misconfigured`: only the vendor can have caused it, and only the vendor can mend it. What a stranger can cause
   * by an answer of their own making is `login_failed`. `cancelled`: the person said no at the login, which is no failure.
   * `code` is for the log: which check refused, never what was in the answer.
   */
  | {
      kind: 'refused'
      reason: 'login_failed' | 'login_misconfigured' | 'not_allowed' | 'cancelled'
      code: string
      /** For the operator, where the settings may be to blame. */
      hint?: string
      /** A mistake of the service itself. */
      isBug?: true
      cause?: unknown
    }
  /** The CRM's login cannot be reached; the person may try again with the same attempt. */
  | { kind: 'unavailable'; code: string; cause?: unknown }

/** `detail` is shown by `/readyz`; it never turns readiness red. */
export interface LoginHealth {
  ok: boolean
  detail: string
}

/** One thing that `wauth check` says about logins. What proves nothing is a warning, never a failure. */
export interface LoginCheck {
  /** Which of several things; null for the first one, whether the peer can be used at all. */
  part: string | null
  status: 'pass' | 'warning' | 'failure'
  says: string
  /** What to do next; null where nothing is to be done. */
  next: string | null
}

/** What a login says of the signature of a token, or of one of its claims. */
export interface TokenLine {
  claim: string
  /** `unchecked`: it cannot be told without a login under way. `unread`: no login looks at it. */
  status: 'pass' | 'fail' | 'unchecked' | 'unread'
  /** Of a refusal. */
  code: string | null
  /** What was found, or what is wrong. */
  says: string
}

export interface TokenVerdict {
  /** The signature is right, and nothing speaks against the claims. */
  ok: boolean
  lines: TokenLine[]
  /** Who the token says it is, if it is `ok` and says all of it. */
  identity: Identity | null
}

/**
 * How a CRM says who the user is. Every method must pass `test/contracts/login-method.ts`.
 * A method holds no state of an attempt: what it must know later it returns as `remember`.
 */
export interface LoginMethod {
  /** Where to send the browser. Never throws for a CRM that is down: that is `unavailable`. */
  begin(round: LoginRound): Promise<LoginStart>
  /** The attempt an answer claims to belong to: a hint from the browser, to be checked against its cookie. */
  attemptOf(answer: BrowserAnswer): string | null
  /**
   * Who has surely made an answer to the round under way, as a text that is the same for all answers of theirs; null when
   * anybody may have made it. Spends nothing, and never throws.
   */
  senderOf(answer: LoginAnswer): Promise<string | null>
  /** Checks the answer completely. A person who is `identified` may connect (see `mayConnect`). */
  complete(answer: LoginAnswer): Promise<LoginOutcome>
  /** Whether a user of this role may connect, by the settings of now; asked again at the confirmation. */
  mayConnect(role: string | null): boolean
  health(): LoginHealth
  /** Asks the peer now for everything that a login needs, as far as it shows without one. Never throws. */
  check(): Promise<LoginCheck[]>
  /** Judges a token that the operator has at hand by the rules of `complete`, and uses nothing up. Never throws. */
  judge(token: string): Promise<TokenVerdict>
  close(): Promise<void>
}

/** What the composition gives to a method. */
export interface LoginDeps {
  /** https origin of the public listener. */
  publicUrl: URL
  /** Plain http issuers and key sets on loopback are allowed (development only). */
  allowHttpLoopback: boolean
  /** How the CRM, or its provider, is reached. */
  wayOut: WayOut
  clock: Clock
  monotonic: Monotonic
  random: Random
  log: Pick<Logger, 'info'>
  /** True for exactly one caller per key, over all replicas, for so many milliseconds. */
  claimOnce(key: string, keptFor: number): Promise<boolean>
}

/** One entry of the list in `login/index.ts`. Field names of `settings` are the environment variables. */
export interface LoginEngine<S extends z.ZodObject = z.ZodObject> {
  name: string
  settings: S
  create(settings: z.output<S>, deps: LoginDeps): LoginMethod
}
