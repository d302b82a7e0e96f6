import type { ConfirmNote, FailureReason, PendingReason, Result } from '../connect/outcome.ts'
import type { RequestProblem } from '../shared/request-id.ts'

/** What the support says to what a customer sees. Texts are those of `docs/troubleshooting.md`, which is made of them. */
interface Advice {
  /** What they see, in a word or two. */
  sees: string
  cause: string
  toDo: string
}

/** What a customer can be told: results, their reasons, what a page says without an attempt, and why a page came back. */
export type Told =
  Exclude<Result['status'], 'failed'> | FailureReason | PendingReason | RequestProblem | ConfirmNote

const advice = (sees: string, cause: string, toDo: string): Advice => ({ sees, cause, toDo })

const START_AGAIN = 'start again from the marketplace'
const ONE_LINK = 'the link is damaged, or of another module'
const PAGE_FOLLOWS = 'wait: the page follows by itself'
const FOREIGN =
  'the press came from another page, the form was changed, the answer of the login names no login under way, or the link was no navigation: a picture, a frame, a prefetch'
const NOBODY = 'no customer makes such a request'

/** A new reason does not compile without its line here; `npm run gen` writes the table of the document. */
export const ADVICE: Readonly<Record<Told, Advice>> = {
  connected: advice('connected', '', 'nothing; see [uploads](#uploads) when data is missing'),
  cancelled: advice(
    'cancelled',
    'they pressed «Cancel», here or at the login (`access_denied`)',
    'start again, if they wish. When nobody has cancelled, the provider says no on its own: see its log',
  ),
  pending: advice(
    'the login, or the question whether to connect',
    'they have not come to an end yet',
    'log in and press «Connect» within ten minutes',
  ),
  outcome_unknown: advice(
    'connecting, or checking with Wazzup',
    "Wazzup's answer was lost; the service asks again for 15 minutes",
    PAGE_FOLLOWS,
  ),
  wazzup_busy: advice(
    'connecting takes a little longer',
    'Wazzup had no time (429) or could not be reached, or the service itself holds calls back; nothing has happened there, and the service sends again for 90 seconds',
    PAGE_FOLLOWS,
  ),
  unaware: advice(
    'the question again',
    'the press came before the page had been looked at for a second',
    'look at the page, and press again',
  ),
  busy: advice(
    'the question again',
    'another connection of the account was being made',
    'look at what would be replaced now, and press again',
  ),
  changed: advice(
    'the question again',
    'what would be replaced has changed meanwhile',
    'look at what would be replaced now, and press again',
  ),
  expired: advice('the time is up', 'an attempt lives ten minutes', START_AGAIN),
  state_refused: advice(
    'the link was not accepted',
    'Wazzup refused the state: too old, or used',
    'start again; if it happens to everybody, compare `WAZZUP_CRM_CODE` and the clock: `wauth check`',
  ),
  login_failed: advice(
    'not logged in',
    'the login did not end in a user: [login codes](login-codes.md)',
    'log in again',
  ),
  login_misconfigured: advice(
    'the login is set up wrongly',
    "the CRM's own set-up: [login codes](login-codes.md)",
    '**yours to mend**: the code says what. When it is about one user alone, they can log in as another',
  ),
  not_allowed: advice(
    'not allowed',
    "the user's role may not connect",
    'log in as somebody who may; or change `OIDC_ALLOWED_ROLES`, `HANDOFF_ALLOWED_ROLES`',
  ),
  state_used_elsewhere: advice(
    'another account has used this link',
    'one link connects one CRM account',
    START_AGAIN,
  ),
  secret_refused: advice(
    'the secret was not accepted',
    "Wazzup does not know the module's secret",
    '**yours to mend**: `WAZZUP_SECRET` is what `wauth module set` has registered; run it again',
  ),
  bad_answer: advice(
    'an unexpected answer',
    "Wazzup's answer could not be read",
    "start again; when it repeats, send Wazzup's support the time of the exchange",
  ),
  wazzup_unavailable: advice(
    'the connection did not go through',
    'Wazzup had no time, or could not be reached, for longer than 90 seconds, or has asked for a longer wait; nothing has happened there',
    'try again from the same page, as long as the attempt lives',
  ),
  restart_needed: advice(
    'please start again',
    'the answer was lost for good, or a newer confirmation or a disconnect has ended this one',
    `${START_AGAIN}. At a reconnect the older apiKey may be dead meanwhile: the service tries it at once, and the connection is \`invalid\` if Wazzup refuses it`,
  ),
  storage_unavailable: advice(
    'we have a problem',
    'the database could not do it',
    '**yours to mend**: `/readyz`, free space, the database server',
  ),
  unknown_attempt: advice(
    'we do not know this connection',
    'another browser, cookies blocked or dropped on the way, older than a day',
    'open the link in the browser in which it began; `wauth check` finds a proxy that drops cookies',
  ),
  bad_state: advice('the link is broken', ONE_LINK, `${START_AGAIN}; compare \`WAZZUP_CRM_CODE\``),
  other_module: advice(
    'the link is of another module',
    ONE_LINK,
    `${START_AGAIN}; compare \`WAZZUP_CRM_CODE\``,
  ),
  bad_request: advice('the request was not understood', FOREIGN, 'start again'),
  forbidden: advice('not from here', FOREIGN, 'start again'),
  headers_too_large: advice(
    'too many cookies',
    "the cookies of the whole domain, the CRM's among them, and the address are more than 16 KiB",
    'delete the cookies of the site and its domain, or use a private window; starting again does not help. A proxy may refuse earlier: nginx says `400 Request Header Or Cookie Too Large`',
  ),
  too_many_requests: advice(
    'too many requests',
    '[limits](operations.md#limits)',
    'wait for the time the page says; behind a proxy without `TRUST_PROXY` all customers share one limit',
  ),
  login_unavailable: advice(
    'the login does not answer',
    'it cannot be reached, or fails: [login codes](login-codes.md)',
    'try again; `parts.login` of `/readyz` says what is wrong',
  ),
  overloaded: advice(
    'the service is busy',
    'too much to do, or too many open attempts',
    'try again; [scaling](scaling.md#what-to-watch)',
  ),
  installs_paused: advice(
    'new connections are paused',
    'an operator has paused them: `wauth installs` says who, when and why',
    'come back later; an operator lets them in again with `wauth installs resume`',
  ),
  internal: advice(
    'something went wrong',
    'a mistake of the service',
    'look for `http.error` in the log, and report it',
  ),
  not_found: advice('nothing is here', NOBODY, 'open the link of the marketplace'),
  method_not_allowed: advice('nothing is here', NOBODY, 'open the link of the marketplace'),
  body_too_large: advice('the form is too large', NOBODY, 'start again'),
  unsupported_type: advice('the form is not understood', NOBODY, 'start again'),
}
