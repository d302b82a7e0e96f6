import type { Clock } from '../shared/clock.ts'
import type { Actor, Store } from '../store/port.ts'
import { openApiKey } from './open-api-key.ts'
import { switchOff, type SwitchedOff, type SwitchOffDeps } from './switch-off.ts'

export interface DisconnectDeps extends SwitchOffDeps {
  store: Store
  clock: Clock
}

export interface Disconnected {
  kind: 'disconnected'
  subscriptions: SwitchedOff
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
  const apiKey = key && openApiKey(key, log)
  if (!(await store.connections.disconnect(crmAccountId, by, clock()))) return { kind: 'ended_before' }
  const subscriptions = apiKey ? await switchOff(apiKey, deps) : 'none'
  log.info({ event: 'keys.disconnect', crmAccountId, connectionId: connection.id, subscriptions })
  return { kind: 'disconnected', subscriptions }
}
