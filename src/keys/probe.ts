import type { Jitter } from '../shared/backoff.ts'
import { needsAnotherKey } from '../crypto/sealer.ts'
import { minutes } from '../shared/clock.ts'
import type { Random } from '../shared/random.ts'
import type { ProbeKey } from '../wazzup/channels.ts'
import { noteHealth, type HealthDeps } from './health.ts'

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
 * Tries the apiKey that has gone untried the longest. Claimed before the call, so that of all replicas one makes it.
 * @returns whether there was one that was due; the caller then asks again at once
 */
export async function probeOne(deps: ProbeDeps): Promise<boolean> {
  const { store, random, interval, log } = deps
  const runner = random(16)
  const key = await store.connections.claimProbe({ runner, lease: LEASE }, interval)
  if (!key) return false
  const { connectionId, crmAccountId } = key
  try {
    const apiKey = key.apiKey()
    const { health, ...answer } = apiKey ? await deps.probe(apiKey) : NOTHING_TO_TRY
    log.debug({ event: 'keys.probe', connectionId, crmAccountId, health, ...answer })
    const holds = await store.connections.noteProbe({ runner, key }, triedAgo(health, deps))
    // Somebody else has tried it since, and knows better.
    if (holds && health !== 'unknown') await noteHealth(key, health, deps)
  } catch (err) {
    // A key that does not open is somebody's mistake to find, and must not keep the others from being tried.
    log.error({ event: 'keys.probe_failed', connectionId, crmAccountId, err })
    const ago = needsAnotherKey(err) ? triedAgo('unknown', deps) : 0
    await store.connections.noteProbe({ runner, key }, ago)
  }
  return true
}

const NOTHING_TO_TRY = { health: 'unknown', status: null, code: 'no_api_key' } as const

/**
 * Milliseconds: up to a tenth of the interval, so that keys made at one moment do not stay in step for ever; after an
 * unusable answer so that the key is due again in a while.
 */
function triedAgo(health: string, { interval, jitter }: ProbeDeps): number {
  const earlier = health === 'unknown' ? Math.max(interval - TRY_AGAIN, interval / 2) : interval / 10
  return Math.round(earlier * (health === 'unknown' ? 1 : jitter()))
}
