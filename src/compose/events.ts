import { createEventReceiver } from '../crm/event-receiver.ts'
import type { EventDeps } from '../events/deliver.ts'
import { createStanding } from '../events/standing.ts'
import type { Logger } from '../observability/logger.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { Settings } from '../settings.ts'
import type { Store } from '../store/port.ts'
import { createBreaker } from '../upstream/breaker.ts'
import type { Environment } from './environment.ts'

interface Parts {
  store: Store
  log: Logger
  metrics: Pick<Metrics, 'events'>
  env: Environment
}

/** What tells the CRM; null where it is told nothing. */
export function eventDeps(
  { events, wayOut }: Settings,
  { store, log, metrics, env }: Parts,
): EventDeps | null {
  const { clock, monotonic, random, jitter } = env
  return (
    events && {
      ...{ store, log, clock, random, jitter, meter: metrics.events },
      receiver: createEventReceiver({ ...events, clock, wayOut }),
      breaker: createBreaker(monotonic),
      standing: createStanding(),
    }
  )
}
