import type { Clock } from '../shared/clock.ts'
import { StoreUnavailable } from '../store/errors.ts'
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
 * Ends a connection, or a first exchange that is under way. Its keys are refused from the commit on, on every replica; only then Wazzup is asked to send no
 * more webhooks, with the apiKey kept in memory for that. So a slow Wazzup cannot keep a key alive that somebody wants
 * gone. Wazzup has no route to end an integration: the customer removes it there.
 * @throws StoreUnavailable, or SealError where another replica can open the apiKey; as far as anybody knows, nothing was
 *   changed then
 */
export async function disconnect(
  crmAccountId: string,
  by: Actor,
  deps: DisconnectDeps,
): Promise<Disconnected | { kind: 'unknown' } | { kind: 'ended_before' }> {
  const { store, log } = deps
  const connection = await store.connections.find(crmAccountId)
  const key = await store.keys.current(crmAccountId)
  const apiKey = key && openApiKey(key, log)
  if (!(await end(crmAccountId, by, deps))) return { kind: connection ? 'ended_before' : 'unknown' }
  const subscriptions = apiKey ? await switchOff(apiKey, deps) : 'none'
  log.info({ event: 'keys.disconnect', crmAccountId, connectionId: connection?.id ?? null, subscriptions })
  return { kind: 'disconnected', subscriptions }
}

/**
 * When the answer to a commit is lost, the database says whether it has happened: only now is there an apiKey with which
 * Wazzup can be told.
 */
async function end(crmAccountId: string, by: Actor, { store, clock }: DisconnectDeps): Promise<boolean> {
  const at = clock()
  try {
    return await store.connections.disconnect(crmAccountId, by, at)
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    const now = await store.connections.find(crmAccountId)
    // Not by an earlier one: a new exchange may have begun since.
    if (now?.disconnectedAt?.getTime() !== at.getTime()) throw error
    return true
  }
}
