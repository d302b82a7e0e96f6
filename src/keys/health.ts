import type { Logger } from '../observability/logger.ts'
import type { Clock } from '../shared/clock.ts'
import type { CurrentKey, Store } from '../store/port.ts'
import type { AuthorizedCall } from '../wazzup/authorized-call.ts'
import { CHEAPEST } from '../wazzup/key-health.ts'

export interface HealthDeps {
  store: Pick<Store, 'connections'>
  clock: Clock
  log: Logger
}

type Owner = Pick<CurrentKey, 'generationId' | 'connectionId' | 'crmAccountId'>

/**
 * To be told whenever Wazzup refuses an apiKey (401, or 403 where every key may go) or takes it, on whatever call.
 * The keys still resolve while a connection is `invalid`: a customer may have blocked it for a moment only, and its
 * handler still has to know whose webhook it gets. What is said of an older generation changes nothing.
 */
export async function noteHealth(key: Owner, health: 'valid' | 'invalid', deps: HealthDeps): Promise<void> {
  const changed = await deps.store.connections.noteHealth(key.generationId, health, deps.clock())
  if (changed) tellHealth(key, health, deps.log)
}

/** Says what the store has taken for news. */
export function tellHealth({ connectionId, crmAccountId }: Owner, health: 'valid' | 'invalid', log: Logger) {
  const level = health === 'invalid' ? 'warn' : 'info'
  log[level]({ event: `keys.${health}`, connectionId, crmAccountId })
}

/**
 * The same call, but a 401 or 403 is believed only when the cheapest read is refused as well, at once: one may be a mistake, and
 * which of them a closed key gets is written nowhere. When that read is answered, a 403 is asked again: the second one is
 * about the route alone. Every call that is made so may be made twice.
 */
export const confirmingRefusals =
  (call: AuthorizedCall): AuthorizedCall =>
  async (request) => {
    const outcome = await call(request)
    if (outcome.kind !== 'key_refused' && outcome.kind !== 'forbidden') return outcome
    const { apiKey, signal } = request
    const { kind } = await call({ ...CHEAPEST, apiKey, ...(signal && { signal }) })
    if (kind === 'key_refused' || kind === 'forbidden') return { ...outcome, kind: 'key_refused' }
    if (kind === 'done' && outcome.kind === 'forbidden') {
      const again = await call(request)
      if (again.kind !== 'key_refused') return again
    }
    return { kind: 'unavailable', status: outcome.status, code: 'key_in_doubt', maybeDone: false }
  }
