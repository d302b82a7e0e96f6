import { backoff } from '../shared/backoff.ts'
import { after, minutes, seconds } from '../shared/clock.ts'
import type { ClaimedExchange, Due, Exchange, FailureReason } from '../store/port.ts'
import type { ConnectAnswer } from '../wazzup/connect.ts'
import { recordKey } from './record-key.ts'
import type { ExchangeDeps } from './visit.ts'

/** How long a sender has the exchange for itself: the call's 15 s and room for the commits around it. */
export const LEASE = seconds(30)

/** A lost answer is asked for again until then. */
const GIVE_UP_AFTER = minutes(15)

/** When to try again, if Wazzup does not say. */
const TRY_AGAIN = seconds(10)

/** What may be taken now, and until when: see `Due`. */
export const dueAt = (now: Date): Due => ({
  ...{ now, leaseUntil: after(now, LEASE), givenUpBefore: after(now, -GIVE_UP_AFTER) },
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
  const { state, crmKey, name, tries } = exchange
  const age = deps.clock().getTime() - exchange.createdAt.getTime()
  if (state === null || crmKey === null || age > GIVE_UP_AFTER) {
    const ended = await fail(exchange, { reason: 'restart_needed' }, deps)
    return { exchange: ended, wazzupStatus: null, wazzupCode: 'given_up', tries, ...why(exchange) }
  }
  const began = performance.now()
  const answer = await deps.connect({ state, secret: deps.settings.secret(), crmKey, name })
  const ended = await writeDown(exchange, answer, deps)
  deps.meter.exchanged(ended, performance.now() - began)
  return {
    exchange: ended,
    wazzupStatus: 'status' in answer ? answer.status : 200,
    wazzupCode: 'code' in answer ? answer.code : null,
    tries,
  }
}

const why = ({ unreadable }: ClaimedExchange) => (unreadable ? { err: unreadable } : {})

async function writeDown(exchange: Exchange, answer: ConnectAnswer, deps: ExchangeDeps): Promise<string> {
  switch (answer.kind) {
    case 'accepted':
      return recordKey(exchange, answer.apiKey, deps)
    case 'bad_answer':
      return fail(exchange, { reason: 'bad_answer' }, deps)
    case 'refused':
      // After a lost answer, a «no» may only mean that the first sending has used the state.
      return fail(exchange, { reason: exchange.maybeAnswered ? 'restart_needed' : answer.reason }, deps)
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

async function fail(
  { stateHash }: Exchange,
  { reason, wait = 0 }: Ending,
  deps: ExchangeDeps,
): Promise<string> {
  const now = deps.clock()
  const graceUntil = after(now, deps.settings.crmKeyGrace)
  const failed = await deps.store.exchanges.fail(stateHash, { reason, graceUntil, retryAt: after(now, wait) })
  if (failed) deps.meter.missed('connected', reason)
  return reason
}

/** Leaves a lost answer to the recovery worker, `wait` milliseconds from now at the earliest. */
async function postpone(exchange: Exchange, wait: number, deps: ExchangeDeps): Promise<string> {
  const now = deps.clock()
  const pause = Math.max(wait, backoff(exchange.tries, deps.jitter))
  const lastTime = after(exchange.createdAt, GIVE_UP_AFTER)
  const next = after(now, Math.min(pause, Math.max(lastTime.getTime() - now.getTime(), 0)))
  await deps.store.exchanges.postpone(exchange.stateHash, next)
  return 'postponed'
}
