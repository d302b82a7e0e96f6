import { digest } from '../crypto/digest.ts'
import { after, seconds } from '../shared/clock.ts'
import type { ClaimedExchange, Exchange, TakenOver } from '../store/port.ts'
import { LEASE } from './lease.ts'
import { supportIdOf } from './support-id.ts'
import type { ExchangeDeps } from './visit.ts'

/** Pauses between tries while the person waits for the answer. */
const PAUSES = [100, 400, 1000, 2000]

/** The pause between all later tries. */
const LATER = seconds(2)

/**
 * Commits an apiKey that Wazzup has handed out. Wazzup does so once, so the key is never given up: when the database
 * cannot take it for some seconds, the person is answered and the tries go on until the process ends.
 * @returns what became of the exchange: `connected`, `settled_before`, or `recording` while tries go on
 */
export async function recordKey(
  exchange: ClaimedExchange,
  apiKey: string,
  deps: ExchangeDeps,
): Promise<string> {
  let failure: unknown
  for (const pause of [...PAUSES, 0]) {
    try {
      return await recordOnce(exchange, apiKey, deps)
    } catch (error) {
      failure = error
      await deps.sleep(pause)
    }
  }
  deps.log.error({ event: 'connect.record_waits', ...nameOf(exchange), err: failure })
  deps.background.keep(recordLater(exchange, apiKey, deps))
  return 'recording'
}

/**
 * Whatever the error is: only a commit ends this, or the process. The lease is kept as long as the database takes that: nobody
 * else has to ask Wazzup what we know.
 */
async function recordLater(exchange: ClaimedExchange, apiKey: string, deps: ExchangeDeps) {
  const { store, log, sleep, background } = deps
  while (!background.stopped.aborted) {
    await sleep(LATER)
    try {
      const ended = await recordOnce(exchange, apiKey, deps)
      log.info({ event: 'connect.recorded', ...nameOf(exchange), exchange: ended })
      return
    } catch (err) {
      log.debug({ event: 'connect.record_failed', ...nameOf(exchange), err })
      await store.exchanges.renew(exchange, LEASE).catch(() => false)
    }
  }
}

async function recordOnce(exchange: Exchange, apiKey: string, deps: ExchangeDeps) {
  const { stateHash, generationId } = exchange
  const now = deps.clock()
  const takenOver = await deps.store.exchanges.record({
    stateHash,
    generationId,
    apiKey,
    apiKeyHash: digest(apiKey),
    now,
    graceUntil: after(now, deps.settings.crmKeyGrace),
    upload: deps.settings.uploadPlan.length > 0,
  })
  if (!takenOver) return 'settled_before'
  deps.meter.reached('connected')
  for (const holder of takenOver) warnOf(holder, exchange, deps)
  return 'connected'
}

/** Somebody else's key has ended by this connect: an operator must be able to find out why. */
const warnOf = (
  { crmAccountId, generation, disconnected }: TakenOver,
  by: Exchange,
  { log }: ExchangeDeps,
) => {
  log.warn({
    ...{ event: 'connection.taken_over', crmAccountId, generation, disconnected },
    ...{ byCrmAccountId: by.crmAccountId, supportId: supportIdOf(by.attemptId) },
  })
}

const nameOf = ({ attemptId, crmAccountId }: Exchange) => ({
  ...{ attemptId, supportId: supportIdOf(attemptId), crmAccountId },
})
