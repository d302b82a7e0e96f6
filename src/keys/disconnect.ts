import { WAZZUP_CALL } from '../shared/wazzup-deadline.ts'
import { StoreUnavailable } from '../store/errors.ts'
import type { Actor, Lease, Store } from '../store/port.ts'
import { openApiKey } from './open-api-key.ts'
import type { SwitchedOff } from './switch-off.ts'
import { LEASE, tryTaken, type SwitchOffLaterDeps } from './switch-off-later.ts'

export type DisconnectDeps = SwitchOffLaterDeps & { store: Store }

export interface Disconnected {
  kind: 'disconnected'
  /** `failed`: Wazzup could not be told. It goes on being tried, unless Wazzup refuses the apiKey. */
  subscriptions: Exclude<SwitchedOff, 'refused'>
}

/**
 * Ends a connection, or a first exchange that is under way. Its keys are refused from the commit on, on every replica; only
 * then Wazzup is asked to send no more webhooks, with the apiKeys that the commit has kept for that. So a slow Wazzup cannot
 * keep a key alive that somebody wants gone. Wazzup has no route to end an integration: the customer removes it there.
 * @throws StoreUnavailable, or SealError where another replica can open the apiKey; as far as anybody knows, nothing was
 *   changed then
 */
export async function disconnectAccount(
  crmAccountId: string,
  by: Actor,
  deps: DisconnectDeps,
): Promise<Disconnected | { kind: 'unknown' } | { kind: 'ended_before' }> {
  const { store, log } = deps
  const connection = await store.connections.find(crmAccountId)
  const key = await store.keys.current(crmAccountId)
  if (key) openApiKey(key, log)
  const taken = { runner: deps.random(16), lease: LEASE }
  if (!(await end(crmAccountId, { by, taken }, deps))) {
    return { kind: connection ? 'ended_before' : 'unknown' }
  }
  const subscriptions = await tryFirst(taken.runner, deps)
  log.info({ event: 'keys.disconnect', crmAccountId, connectionId: connection?.id ?? null, subscriptions })
  return { kind: 'disconnected', subscriptions }
}

/** Of several keys, what went worst. */
const WORST_FIRST = ['failed', 'off', 'left_to_their_owner'] as const

/** It has ended, whatever comes of this: what is not told now, a worker tells. */
async function tryFirst(runner: string, deps: DisconnectDeps): Promise<Disconnected['subscriptions']> {
  try {
    const all = await deps.store.switchOffs.heldBy(runner)
    const tries = await Promise.all(all.map((one) => tryTaken(one, deps, WAZZUP_CALL.deadline)))
    const told = tries.map((outcome) =>
      outcome === 'refused' || typeof outcome !== 'string' ? 'failed' : outcome,
    )
    return WORST_FIRST.find((outcome) => told.includes(outcome)) ?? 'none'
  } catch (err) {
    deps.log.error({ event: 'keys.switch_off_failed', step: 'store', err })
    return 'failed'
  }
}

const DISCONNECTED = 'connection.disconnected'

/** More than can happen to one account in a moment. */
const LATEST = 10

/** When the answer to a commit is lost, the audit says whether it has happened, also of what was never connected. */
async function end(
  crmAccountId: string,
  { by, taken }: { by: Actor; taken: Lease },
  { store, clock }: DisconnectDeps,
): Promise<boolean> {
  const at = clock()
  try {
    return await store.connections.disconnect(crmAccountId, { ...by, taken }, at)
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    const latest = await store.audit.of(crmAccountId, LATEST)
    // Not by an earlier one: a new exchange may have begun since.
    const ours = latest.some(
      ({ action, at: then }) => action === DISCONNECTED && then.getTime() === at.getTime(),
    )
    if (!ours) throw error
    return true
  }
}
