import type { Logger } from '../observability/logger.ts'
import { seconds, type Clock } from '../shared/clock.ts'
import type { Actor, CurrentKey, Store } from '../store/port.ts'
import { NO_SUBSCRIPTIONS, type Webhooks } from '../wazzup/webhooks.ts'

/** Longer than Wazzup should need to call the address back, shorter than an operator's patience. */
const SWITCH_OFF_DEADLINE = seconds(15)

export interface DisconnectDeps {
  store: Store
  webhooks: Webhooks
  /** The address that the service registers; null when it registers none. */
  webhooksUrl: URL | null
  clock: Clock
  log: Logger
}

/** `subscriptions`: what became of the wish to get no more webhooks; only `off` is sure. */
export interface Disconnected {
  kind: 'disconnected'
  subscriptions: 'off' | 'none' | 'left_to_their_owner' | 'failed'
}

/**
 * Ends a connection. Its keys are refused from the commit on, on every replica; only then Wazzup is asked to send no
 * more webhooks, with the apiKey kept in memory for that. So a slow Wazzup cannot keep a key alive that somebody wants
 * gone. Wazzup has no route to end an integration: the customer removes it there.
 * @throws StoreUnavailable; nothing was changed then
 */
export async function disconnect(
  crmAccountId: string,
  by: Actor,
  deps: DisconnectDeps,
): Promise<Disconnected | { kind: 'unknown' } | { kind: 'ended_before' }> {
  const { store, clock, log } = deps
  const connection = await store.connections.find(crmAccountId)
  if (!connection) return { kind: 'unknown' }
  const key = await store.keys.current(crmAccountId)
  const apiKey = key && readable(key, log)
  if (!(await store.connections.disconnect(crmAccountId, by, clock()))) return { kind: 'ended_before' }
  const subscriptions = apiKey ? await switchOff(apiKey, deps) : 'none'
  log.info({ event: 'keys.disconnect', crmAccountId, connectionId: connection.id, subscriptions })
  return { kind: 'disconnected', subscriptions }
}

/** A value that does not open must not stand in the way of its own erasure. */
function readable(key: CurrentKey, log: Logger): string | null {
  try {
    return key.apiKey()
  } catch (err) {
    log.error({ event: 'keys.unreadable', connectionId: key.connectionId, err })
    return null
  }
}

async function switchOff(apiKey: string, deps: DisconnectDeps): Promise<Disconnected['subscriptions']> {
  const { webhooks, webhooksUrl, log } = deps
  const now = await webhooks.read(apiKey)
  if (now.kind !== 'read') {
    log.warn({ event: 'keys.switch_off_failed', step: 'read', outcome: now.kind, status: now.status })
    return 'failed'
  }
  const { address } = now.settings
  if (address === null) return 'none'
  // Another system may have put its own address there with the same key; its events are not ours to end.
  if (webhooksUrl && URL.parse(address)?.href !== webhooksUrl.href) return 'left_to_their_owner'
  const off = { address, subscriptions: NO_SUBSCRIPTIONS }
  const outcome = await webhooks.change(apiKey, off, SWITCH_OFF_DEADLINE)
  if (outcome.kind === 'done') return 'off'
  log.warn({ event: 'keys.switch_off_failed', step: 'change', outcome: outcome.kind, status: outcome.status })
  return 'failed'
}
