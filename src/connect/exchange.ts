import { backoff } from '../shared/backoff.ts'
import { after, minutes, seconds } from '../shared/clock.ts'
import type { ClaimedExchange, Due, FailureReason, Lease } from '../store/port.ts'
import type { ConnectAnswer } from '../wazzup/connect.ts'
import { LEASE } from './lease.ts'
import { recordKey, tellOlder } from './record-key.ts'
import type { ExchangeDeps } from './visit.ts'

/** A lost answer is asked for again until then. */
const GIVE_UP_AFTER = minutes(15)

/** And so often at least, in case a clock was set forward. */
const LEAST_TRIES = 3

/**
 * For how long the database must have been well before an end is only guessed: the process with the apiKey in hand commits it as
 * soon as it can.
 */
const WELL_FOR = minutes(1)

/** When to try again, if Wazzup does not say. */
const TRY_AGAIN = seconds(10)

/** A lease for one sender. */
export const newLease = (random: ExchangeDeps['random']): Lease => ({ runner: random(16), lease: LEASE })

/** What may be taken now, by one sender. */
export const due = (random: ExchangeDeps['random']): Due => ({
  ...newLease(random),
  giveUpAfter: GIVE_UP_AFTER,
})

/** What goes into the log event: never anything of the exchange itself. */
export type Settled = Record<'exchange' | 'wazzupStatus' | 'wazzupCode' | 'tries', string | number | null> & {
  err?: Error
}

/**
 * Sends a claimed exchange, the same bytes every time, and writes down what came of it.
 * @throws StoreUnavailable; the exchange then stays claimed, and the recovery worker takes it when the lease is over
 */
export async function settle(exchange: ClaimedExchange, deps: ExchangeDeps): Promise<Settled> {
  const { crmAccountId: about, state, crmKey, name, tries, age } = exchange
  if (state === null || crmKey === null || (age > GIVE_UP_AFTER && tries > LEAST_TRIES)) {
    const ended = await guess(exchange, deps)
    return { exchange: ended, wazzupStatus: null, wazzupCode: 'given_up', tries, ...why(exchange) }
  }
  const began = deps.monotonic()
  const answer = await deps.connect({ about, state, secret: deps.settings.secret(), crmKey, name })
  const ended = await writeDown(exchange, answer, deps)
  deps.meter.exchanged(ended, deps.monotonic() - began)
  return {
    exchange: ended,
    wazzupStatus: 'status' in answer ? answer.status : 200,
    wazzupCode: 'code' in answer ? answer.code : null,
    tries,
  }
}

const why = ({ unreadable }: ClaimedExchange) => (unreadable ? { err: unreadable } : {})

async function writeDown(
  exchange: ClaimedExchange,
  answer: ConnectAnswer,
  deps: ExchangeDeps,
): Promise<string> {
  switch (answer.kind) {
    case 'accepted':
      return recordKey(exchange, answer.apiKey, deps)
    case 'bad_answer':
      return fail(exchange, { reason: 'bad_answer' }, deps)
    case 'refused':
      // After a lost answer, a «no» may only mean that the first sending has used the state.
      return exchange.maybeAnswered ? guess(exchange, deps) : fail(exchange, { reason: answer.reason }, deps)
    case 'unknown':
      return postpone(exchange, 0, deps)
    case 'not_processed': {
      const wait = answer.retryAfter ?? TRY_AGAIN
      if (exchange.maybeAnswered) return postpone(exchange, wait, deps)
      return fail(exchange, { reason: 'wazzup_unavailable', wait }, deps)
    }
  }
}

interface Ending {
  reason: FailureReason
  /** Milliseconds until sending again makes sense. */
  wait?: number
}

/** Nobody knows what Wazzup has done, and nobody will: the person has to start again. */
async function guess(exchange: ClaimedExchange, deps: ExchangeDeps): Promise<string> {
  const left = Math.ceil(WELL_FOR - deps.storeWellFor())
  if (left <= 0) return fail(exchange, { reason: 'restart_needed' }, deps)
  return (await deps.store.exchanges.postpone(exchange, left)) ? 'postponed' : 'settled_before'
}

async function fail(
  exchange: ClaimedExchange,
  { reason, wait = 0 }: Ending,
  deps: ExchangeDeps,
): Promise<string> {
  const { clock, settings, store } = deps
  const [now, upload] = [clock(), settings.uploadPlan.length > 0]
  const graceUntil = after(now, settings.crmKeyGrace)
  const failed = await store.exchanges.fail(exchange, { reason, now, graceUntil, retryIn: wait, upload })
  if (failed.kind === 'gone') return 'settled_before'
  tellOlder(failed.older, exchange, deps)
  deps.meter.missed('connected', reason)
  return reason
}

/** Leaves a lost answer to the recovery worker, after `wait` milliseconds at the earliest. */
async function postpone(exchange: ClaimedExchange, wait: number, deps: ExchangeDeps): Promise<string> {
  const pause = Math.max(wait, backoff(exchange.tries, deps.jitter))
  const left = Math.max(GIVE_UP_AFTER - exchange.age, 0)
  const postponed = await deps.store.exchanges.postpone(exchange, Math.min(pause, left))
  return postponed ? 'postponed' : 'settled_before'
}
