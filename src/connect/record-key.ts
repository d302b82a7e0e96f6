import { digest } from '../crypto/digest.ts'
import { seconds } from '../shared/clock.ts'
import { inTime } from '../shared/sleep.ts'
import type { ClaimedExchange, Exchange, Older, TakenOver } from '../store/port.ts'
import { movesData } from '../upload/progress.ts'
import { LEASE } from './lease.ts'
import { supportIdOf } from '../shared/support-id.ts'
import type { ExchangeDeps } from './visit.ts'

/** The pauses between the first tries, and between all later ones. */
const PAUSES = [100, 400, 1000]
const LATER = seconds(2)

/** How long a person waits for the tries, however long one of them takes. */
export const LONGEST_RECORD = seconds(5)

/**
 * Commits an apiKey that Wazzup has handed out. Wazzup does so once, so the key is never given up: when the database
 * cannot take it for some seconds, the person is answered and the tries go on until the process ends.
 * @returns what became of the key: `connected`, `kept` while a newer confirmation is open, `unwanted`, or `recording` while
 *   tries go on
 */
export async function recordKey(
  exchange: ClaimedExchange,
  apiKey: string,
  deps: ExchangeDeps,
): Promise<string> {
  const tries: Tries = { failure: undefined }
  const recorded = recordAtLast(exchange, apiKey, { ...deps, tries })
  const ended = await inTime(recorded, LONGEST_RECORD, deps.sleep)
  if (ended !== null) return ended
  deps.log.error({ event: 'connect.record_waits', ...nameOf(exchange), err: tries.failure })
  deps.background.keep(tellOf(recorded, exchange, deps))
  return RECORDING
}

const RECORDING = 'recording'

interface Tries {
  /** Why the last one came to nothing. */
  failure: unknown
}

/**
 * Whatever the error is: only a commit ends this, or the process. The lease is kept as long as the database takes that: nobody
 * else has to ask Wazzup what we know.
 */
async function recordAtLast(
  exchange: ClaimedExchange,
  apiKey: string,
  deps: ExchangeDeps & { tries: Tries },
) {
  for (let made = 0; ; made++) {
    try {
      return await recordOnce(exchange, apiKey, deps)
    } catch (err) {
      deps.tries.failure = err
      deps.log.debug({ event: 'connect.record_failed', ...nameOf(exchange), err })
    }
    if (deps.background.stopped.aborted) return RECORDING
    await deps.sleep(PAUSES[made] ?? LATER)
    if (made >= PAUSES.length) await deps.store.exchanges.renew(exchange, LEASE).catch(() => false)
  }
}

async function tellOf(recorded: Promise<string>, exchange: Exchange, { log }: ExchangeDeps) {
  const ended = await recorded
  if (ended !== RECORDING) log.info({ event: 'connect.recorded', ...nameOf(exchange), exchange: ended })
}

async function recordOnce(exchange: Exchange, apiKey: string, deps: ExchangeDeps) {
  const { stateHash, generationId } = exchange
  const recorded = await deps.store.exchanges.record({
    stateHash,
    generationId,
    apiKey,
    apiKeyHash: digest(apiKey),
    now: deps.clock(),
    ...whatFollows(deps.settings),
  })
  if (recorded.kind === 'connected') tellConnected(recorded.takenOver, exchange, deps)
  if (recorded.kind === 'unwanted') tellOlder(recorded.older, exchange, deps)
  return recorded.kind
}

/** What happens to the keys before, and to the data of the customer, once an apiKey is current. */
export const whatFollows = ({ crmKeyGrace, uploadPlan }: ExchangeDeps['settings']) => ({
  ...{ grace: crmKeyGrace, upload: uploadPlan.length > 0, bringsData: movesData(uploadPlan) },
})

/** The apiKey of an older confirmation has come forward, as `exchange` has come to nothing. */
export function tellOlder(older: Older, exchange: Exchange, deps: ExchangeDeps): void {
  if (older === null) return
  tellConnected(older.takenOver, exchange, deps)
  const { crmAccountId } = exchange
  deps.log.info({
    event: 'connect.recorded',
    crmAccountId,
    exchange: 'connected',
    of: 'an older confirmation',
  })
}

function tellConnected(takenOver: readonly TakenOver[], exchange: Exchange, deps: ExchangeDeps) {
  deps.meter.reached('connected')
  for (const one of takenOver) warnOf(one, exchange, deps)
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
