import { RECEIVER_DEADLINE, type EventReceiver, type Receipt, type Refusal } from '../crm/port.ts'
import { SealError } from '../crypto/sealer.ts'
import type { Logger } from '../observability/logger.ts'
import type { EventMeter } from '../observability/metrics.ts'
import type { Jitter } from '../shared/backoff.ts'
import { hours, seconds, type Clock } from '../shared/clock.ts'
import type { Random } from '../shared/random.ts'
import type { Store, TakenDelivery } from '../store/port.ts'
import type { Breaker, Leave } from '../upstream/breaker.ts'
import { hintOf } from '../upstream/connection-trouble.ts'
import type { Standing } from './standing.ts'

export interface EventDeps {
  store: Pick<Store, 'deliveries'>
  receiver: EventReceiver
  /** Keeps calls from a receiver that is away. */
  breaker: Breaker
  standing: Standing
  clock: Clock
  random: Random
  jitter: Jitter
  log: Logger
  meter: EventMeter
}

/** Longer than a try and its commits: what a crash left behind is sent again then. */
const LEASE = 2 * RECEIVER_DEADLINE

/** Then the loop hears that the work goes well. */
const MOST_IN_A_ROW = 100

/** What there is to send, and the leave to send it; or whether there may be more, or for how long nothing is sent. */
type Turn = { taken: TakenDelivery; leave: Extract<Leave, { kind: 'go' }> } | { more: boolean | number }

/**
 * Sends the event that has been due the longest and, as long as it `mayGoOn`, the ones after it: each is taken by the commit that ends
 * the one before.
 * @returns whether there may be more; milliseconds while nothing is sent to a receiver that is away
 */
export async function deliverDue(deps: EventDeps, mayGoOn = () => false): Promise<boolean | number> {
  // What was wrong may have been mended while the service was off.
  if (deps.standing.isNew()) await deps.store.deliveries.endPauses()
  let turn = await take(deps)
  for (let sent = 1; 'taken' in turn; sent++)
    turn = await send(turn, deps, () => sent < MOST_IN_A_ROW && mayGoOn())
  return turn.more
}

async function take({ store, breaker, random }: EventDeps): Promise<Turn> {
  const leave = breaker.ask()
  if (leave.kind === 'wait') return { more: leave.ms }
  const taken = await store.deliveries.claimDue({ runner: random(16), lease: LEASE })
  if (taken) return { taken, leave }
  leave.tell('silent')
  return { more: false }
}

const PERHAPS: Turn = { more: true }

async function send(
  { taken, leave }: Extract<Turn, { taken: unknown }>,
  deps: EventDeps,
  mayGoOn: () => boolean,
): Promise<Turn> {
  const { store, standing, receiver } = deps
  const body = await opened(taken, deps)
  if (body === null) {
    leave.tell('silent')
    return PERHAPS
  }
  const receipt = await receiver.post({ id: taken.id, body })
  const { connectionId } = taken
  if (receipt.kind === 'refused') {
    leave.tell('down', connectionId)
    standing.refused(connectionId)
    await postpone(taken, receipt, deps)
    return PERHAPS
  }
  leave.tell('up')
  // Asked for at the same time, so that one commit does both.
  const [, next] = await Promise.all([conclude(taken, receipt, deps), mayGoOn() ? take(deps) : PERHAPS])
  if (standing.isBack()) await store.deliveries.endPauses()
  return next
}

/** One that is damaged must not keep those behind it. */
async function opened(taken: TakenDelivery, { store, log }: EventDeps): Promise<string | null> {
  try {
    return taken.body()
  } catch (err) {
    if (!(err instanceof SealError)) throw err
    await store.deliveries.end(taken, { status: 'failed', reason: 'unreadable' })
    log.error({ event: 'delivery.unreadable', ...told(taken), err })
    return null
  }
}

const told = ({ id: deliveryId, type, connectionId, crmAccountId }: TakenDelivery) => ({
  ...{ deliveryId, type, connectionId, crmAccountId },
})

async function conclude(taken: TakenDelivery, { kind }: Receipt, { store, clock, log, meter }: EventDeps) {
  if (kind === 'taken') {
    if (!(await store.deliveries.end(taken, { status: 'delivered', reason: null }))) return
    meter.delivered(taken.type, Math.max(0, clock().getTime() - taken.createdAt.getTime()))
    log.debug({ event: 'delivery.delivered', ...told(taken) })
    return
  }
  await store.deliveries.end(taken, { status: 'dropped', reason: 'gone' })
  meter.ended('dropped')
  log.warn({ event: 'delivery.gone', ...told(taken) })
}

async function postpone(
  taken: TakenDelivery,
  { code, status, retryAfter, transport = '' }: Refusal,
  deps: EventDeps,
) {
  const { store, jitter, log, meter } = deps
  const wait = Math.max(pauseAfter(taken.tries, jitter), retryAfter ?? 0)
  const what = await store.deliveries.refused(taken, { reason: code, wait })
  meter.refused(code)
  const facts = { ...told(taken), code, status, tries: taken.tries }
  if (what === 'waits') log.info({ event: 'delivery.waits', ...facts, wait, ...hintOf(transport) })
  if (what !== 'failed') return
  meter.ended('failed')
  log.error({ event: 'delivery.failed', ...facts, hint: `wauth deliveries retry ${taken.id}` })
}

const [SHORTEST, LONGEST] = [seconds(5), hours(1)]

/** Doubling with each try, less up to a fifth. */
function pauseAfter(tries: number, jitter: Jitter): number {
  const full = Math.min(SHORTEST * 2 ** (Math.min(tries, 20) - 1), LONGEST)
  return Math.round(full * (1 - jitter() / 5))
}
