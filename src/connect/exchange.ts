import { backoff } from '../shared/backoff.ts'
import { seconds } from '../shared/clock.ts'
import { GIVE_UP_AFTER } from '../store/exchange.ts'
import type { ClaimedExchange, FailureReason, Lease, Postponement } from '../store/port.ts'
import { hintOf } from '../upstream/connection-trouble.ts'
import type { ConnectAnswer } from '../wazzup/connect.ts'
import { LEAST_TRIES, WAITED_OUT, WELL_FOR } from './give-up.ts'
import { LEASE } from './lease.ts'
import { recordKey, tellOlder, whatFollows } from './record-key.ts'
import type { ExchangeDeps } from './visit.ts'

/** When to try again, if Wazzup does not say; at the latest, where a person waits. */
const TRY_AGAIN = seconds(10)

/** A lease for one sender. */
export const newLease = (random: ExchangeDeps['random']): Lease => ({ runner: random(16), lease: LEASE })

/** What goes into the log event: never anything of the exchange itself. */
export type Settled = Record<'exchange' | 'wazzupStatus' | 'wazzupCode' | 'tries', string | number | null> & {
  err?: Error
  hint?: string
}

/**
 * Sends a claimed exchange, the same bytes every time, and writes down what came of it.
 * @throws StoreUnavailable; the exchange then stays claimed, and the recovery worker takes it when the lease is over
 */
export async function settle(exchange: ClaimedExchange, deps: ExchangeDeps): Promise<Settled> {
  const { crmAccountId: about, state, crmKey, name, tries, age } = exchange
  if (state !== null && tries > 1 && !exchange.maybeAnswered && (age < 0 || age > WAITED_OUT)) {
    // The service was away meanwhile, and its clock may have been set back. Nobody has waited so long, and nobody is to be connected unawares.
    const ended = await fail(exchange, { reason: 'wazzup_unavailable', code: 'waited_out' }, deps)
    return { exchange: ended, wazzupStatus: null, wazzupCode: 'waited_out', tries }
  }
  if (state === null || crmKey === null || (age > GIVE_UP_AFTER && tries > LEAST_TRIES)) {
    const ended = await guess(exchange, 'given_up', deps)
    return { exchange: ended, wazzupStatus: null, wazzupCode: 'given_up', tries, ...why(exchange) }
  }
  const began = deps.monotonic()
  const answer = await deps.connect({ about, state, secret: deps.settings.secret(), crmKey, name })
  const answered = { ...exchange, age: Math.ceil(age + deps.monotonic() - began) }
  const ended = await writeDown(answered, answer, deps)
  deps.meter.exchanged(ended, deps.monotonic() - began)
  return {
    exchange: ended,
    wazzupStatus: 'status' in answer ? answer.status : 200,
    wazzupCode: 'code' in answer ? answer.code : null,
    tries,
    ...hintFor(answer),
  }
}

/** Where the way to Wazzup is to blame. */
const hintFor = (answer: ConnectAnswer) => (answer.kind === 'not_processed' ? hintOf(answer.code) : {})

const why = ({ unreadable }: ClaimedExchange) => (unreadable ? { err: unreadable } : {})

async function writeDown(
  exchange: ClaimedExchange,
  answer: ConnectAnswer,
  deps: ExchangeDeps,
): Promise<string> {
  const code = codeOf(answer)
  switch (answer.kind) {
    case 'accepted':
      return recordKey(exchange, answer.apiKey, deps)
    case 'bad_answer':
      return fail(exchange, { reason: 'bad_answer', code }, deps)
    case 'refused':
      // After a lost answer, a «no» may only mean that the first sending has used the state.
      return exchange.maybeAnswered
        ? guess(exchange, code, deps)
        : fail(exchange, { reason: answer.reason, code }, deps)
    case 'unknown':
      return postpone(exchange, { wait: 0, code }, deps)
    case 'not_processed':
      return exchange.maybeAnswered
        ? postpone(exchange, { wait: answer.retryAfter ?? TRY_AGAIN, code }, deps)
        : waitOut(exchange, { asked: answer.retryAfter, code }, deps)
  }
}

/** What an answer is for the support: its code, or at least its status. */
function codeOf(answer: ConnectAnswer): string | null {
  if (answer.kind === 'accepted') return null
  return answer.code ?? `status_${answer.status}`
}

type Said = { code: string | null }

interface Ending extends Said {
  reason: FailureReason
  /** Milliseconds until sending again makes sense. */
  wait?: number
}

/** Nobody knows what Wazzup has done, and nobody will: the person has to start again. */
async function guess(exchange: ClaimedExchange, code: string | null, deps: ExchangeDeps): Promise<string> {
  const left = Math.ceil(WELL_FOR - deps.storeWellFor())
  if (left <= 0) return fail(exchange, { reason: 'restart_needed', code }, deps)
  return leave(exchange, { wait: left, lost: true, code }, deps)
}

async function fail(
  exchange: ClaimedExchange,
  { reason, code, wait = 0 }: Ending,
  deps: ExchangeDeps,
): Promise<string> {
  const { clock, settings, store } = deps
  const failure = { reason, code, now: clock(), retryIn: wait, ...whatFollows(settings) }
  const failed = await store.exchanges.fail(exchange, failure)
  if (failed.kind === 'gone') return 'settled_before'
  tellOlder(failed.older, exchange, deps)
  deps.meter.missed('connected', reason)
  return reason
}

/** Leaves a lost answer to the recovery worker, after `wait` milliseconds at the earliest. */
async function postpone(
  exchange: ClaimedExchange,
  { wait, code }: Said & { wait: number },
  deps: ExchangeDeps,
): Promise<string> {
  const pause = Math.max(wait, backoff(exchange.tries, deps.jitter))
  const left = Math.max(GIVE_UP_AFTER - exchange.age, 0)
  return leave(exchange, { wait: Math.min(pause, left), lost: true, code }, deps)
}

/**
 * Nothing has happened at Wazzup: the worker sends the same bytes again, as long as a person may wait for it. `asked`: how
 * many milliseconds Wazzup, or our own gate, wants us to wait; null when that is not known.
 */
async function waitOut(
  exchange: ClaimedExchange,
  { asked, code }: Said & { asked: number | null },
  deps: ExchangeDeps,
): Promise<string> {
  const wait = Math.max(asked ?? 0, Math.min(backoff(exchange.tries, deps.jitter), TRY_AGAIN))
  if (exchange.age + wait <= WAITED_OUT) return leave(exchange, { wait, lost: false, code }, deps)
  return fail(exchange, { reason: 'wazzup_unavailable', code, wait: asked ?? TRY_AGAIN }, deps)
}

/** Leaves it to the recovery worker. */
const leave = async (exchange: ClaimedExchange, until: Postponement, { store }: ExchangeDeps) =>
  (await store.exchanges.postpone(exchange, until)) ? 'postponed' : 'settled_before'
