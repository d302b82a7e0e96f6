import { needsAnotherKey } from '../crypto/sealer.ts'
import { noteHealth } from '../keys/health.ts'
import { openApiKey } from '../keys/open-api-key.ts'
import { minutes, seconds } from '../shared/clock.ts'
import { StoreUnavailable } from '../store/errors.ts'
import type { ClaimedChanges } from '../store/port.ts'
import { BATCH } from '../upload/batch.ts'
import { pauseAfter } from '../upload/pause.ts'
import { TURN_OVER, type Stop } from '../upload/stop.ts'
import { LEASE } from '../upload/turn.ts'
import type { ChangeDeps } from './deps.ts'
import { readAhead } from './read-ahead.ts'
import { sendBatch } from './send-batch.ts'
import { beginTurn, type Turn } from './turn.ts'

/** How long changes wait that this process has no key for: another replica takes them then. */
const LEFT_ALONE = seconds(10)

/** A connection without an apiKey has to be connected once more. */
const WITHOUT_KEY = minutes(1)

/**
 * Takes the changes that have waited the longest, of one connection, and sends for a while: batch by batch, in the order of kinds.
 * They are never given up, only what Wazzup refuses of them.
 * @returns whether there were some; the caller then asks again at once. Milliseconds when nothing is let through to Wazzup for
 *   so long
 */
export async function sendSomeChanges(deps: ChangeDeps): Promise<boolean | number> {
  const { store, random, log } = deps
  const began = deps.monotonic()
  const claim = await store.changes.claimDue({ runner: random(16), lease: LEASE })
  if (!claim) return false
  try {
    const apiKey = openApiKey(claim.key, log)
    if (apiKey === null) {
      await store.changes.release(claim, { reason: 'no_api_key', wait: WITHOUT_KEY, tries: 0 })
      return true
    }
    const turn = beginTurn(claim, apiKey, { ...deps, began })
    const stop = await workOn(turn, deps)
    await letGo(turn, stop, deps)
    return (stop?.kind === 'later' && stop.heldBack) || true
  } catch (err) {
    if (!needsAnotherKey(err)) throw err
    log.error({ event: 'changes.left_alone', ...about(claim), err })
    await store.changes.release(claim, { reason: err.code, wait: LEFT_ALONE, tries: claim.tries })
    return true
  }
}

/** Null when nothing is left to do. */
async function workOn(turn: Turn, deps: ChangeDeps): Promise<Stop | null> {
  const { claim } = turn
  // Of a batch that was left half sent, the same rows come first.
  const half = deps.narrowings.left(claim.key.generationId)
  const ahead = readAhead(claim, deps.store.changes)
  for (let sent = 0; ; sent += 1) {
    const batch = await deps.store.changes.batch(claim, (sent === 0 && half) || BATCH)
    if (!batch) return null
    if (sent > 0 && turn.isOver()) return TURN_OVER
    const upsert = ahead.whileSending(batch, deps.upsert)
    const stop = await attempted(() => sendBatch(ahead.opened(batch), turn, { ...deps, upsert }), claim, deps)
    if (stop) return stop
  }
}

/** Whatever nobody has foreseen is trouble of this queue, and others go on. */
async function attempted(
  work: () => Promise<Stop | null>,
  claim: ClaimedChanges,
  { log }: ChangeDeps,
): Promise<Stop | null> {
  try {
    return await work()
  } catch (err) {
    if (err instanceof StoreUnavailable || needsAnotherKey(err)) throw err
    log.error({ event: 'changes.batch_failed', ...about(claim), err })
    return { kind: 'later', code: 'unforeseen_error', status: null, wait: null, tried: true }
  }
}

async function letGo({ claim, tries: before }: Turn, stop: Stop | null, deps: ChangeDeps) {
  const { store, log, jitter } = deps
  if (stop?.kind !== 'later' || stop === TURN_OVER) {
    const tries = stop === TURN_OVER ? before() : 0
    await store.changes.release(claim, { reason: null, wait: 0, tries })
    // They pause with it until Wazzup takes the key.
    if (stop?.kind === 'key_refused') await noteHealth(claim.key, 'invalid', deps)
    return
  }
  const { code, status, tried, hint } = stop
  const tries = before() + (tried ? 1 : 0)
  const { wait } = pauseAfter(stop, { tries, jitter })
  await store.changes.release(claim, { reason: code, wait, tries })
  log.info({
    ...{ event: 'changes.wait', ...about(claim), code, status, tries, wait },
    ...(hint !== undefined && { hint }),
  })
}

const about = ({ key: { crmAccountId, connectionId } }: ClaimedChanges) => ({ crmAccountId, connectionId })
