import type { Jitter } from '../shared/backoff.ts'
import { isDamaged } from '../crypto/sealer.ts'
import { minutes } from '../shared/clock.ts'
import type { Random } from '../shared/random.ts'
import { FIRST_PAUSE } from '../store/connection.ts'
import type { NextTry, UntriedKey } from '../store/port.ts'
import type { KeyHealth, ProbeKey } from '../wazzup/key-health.ts'
import { tellHealth, type HealthDeps } from './health.ts'

export interface ProbeDeps extends HealthDeps {
  probe: ProbeKey
  /** How often each apiKey is tried, in milliseconds; more than 0. */
  interval: number
  jitter: Jitter
  random: Random
}

/** When Wazzup gave no usable answer: sooner than after a good one, not so soon as to add to its trouble. */
const TRY_AGAIN = minutes(10)

/** Far longer than the call and its commits; a key that a crash left in trial is tried again then. */
const LEASE = minutes(2)

/**
 * Tries an apiKey that is due. Claimed before the call, so that of all replicas one makes it.
 * @returns whether there was one that was due; the caller then asks again at once. Milliseconds when nothing is let through
 *   to Wazzup for so long
 */
export async function probeOne(deps: ProbeDeps): Promise<boolean | number> {
  const { store, random, interval, clock, log } = deps
  const runner = random(16)
  const key = await store.connections.claimProbe({ runner, lease: LEASE }, interval)
  if (!key) return false
  const { connectionId, crmAccountId } = key
  try {
    const apiKey = key.apiKey()
    const { heldBack, ...answer } = apiKey ? await deps.probe(apiKey) : NOTHING_TO_TRY
    if (heldBack !== undefined) {
      await store.connections.noteProbe({ runner, key }, untried(key, deps))
      return heldBack
    }
    const { health } = answer
    log.debug({ event: 'keys.probe', connectionId, crmAccountId, ...answer })
    const seen = health === 'unknown' ? undefined : { health, now: clock() }
    // Where the claim is gone, somebody else knows better.
    const noted = await store.connections.noteProbe({ runner, key }, nextTry(key, health, deps), seen)
    if (seen && noted === 'changed') tellHealth(key, seen.health, log)
  } catch (err) {
    // A key that does not open is somebody's mistake to find, and must not keep the others from being tried.
    log.error({ event: 'keys.probe_failed', connectionId, crmAccountId, err })
    await store.connections.noteProbe({ runner, key }, isDamaged(err) ? { ago: 0 } : unanswered(key, deps))
  }
  return true
}

const NOTHING_TO_TRY: KeyHealth = { health: 'unknown', status: null, code: 'no_api_key' }

/** As it was: due at once, and after no longer a pause. */
const untried = ({ pause }: UntriedKey, { interval }: ProbeDeps): NextTry =>
  pause === null ? { ago: interval } : { ago: pause, pause: 0 }

/** No longer a pause than before: nothing is known that was not known then. */
const unanswered = ({ pause }: UntriedKey, deps: ProbeDeps): NextTry =>
  pause === null ? { ago: triedAgo('unknown', deps) } : { ago: 0, pause }

/** A customer may have blocked the key for a moment only, so it is tried soon, and then after longer and longer. */
function nextTry({ pause }: UntriedKey, health: KeyHealth['health'], deps: ProbeDeps): NextTry {
  if (pause === null || health === 'valid') return { ago: triedAgo(health, deps) }
  const longer = Math.max(2 * pause, FIRST_PAUSE) * (1 - deps.jitter() / 10)
  return { ago: 0, pause: Math.round(Math.min(longer, deps.interval)) }
}

/**
 * Milliseconds: up to a tenth of the interval, so that keys made at one moment do not stay in step for ever; after an
 * unusable answer so that the key is due again in a while.
 */
function triedAgo(health: KeyHealth['health'], { interval, jitter }: ProbeDeps): number {
  const earlier = health === 'unknown' ? Math.max(interval - TRY_AGAIN, interval / 2) : interval / 10
  return Math.round(earlier * (health === 'unknown' ? 1 : jitter()))
}
