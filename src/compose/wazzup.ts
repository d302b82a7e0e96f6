import { createGate } from '../outward/gate.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { Tracing } from '../observability/tracing/tracing.ts'
import type { Settings } from '../settings.ts'
import { createWazzupClient, type WazzupClient } from '../wazzup/client.ts'
import { createGatedClient } from '../wazzup/gated-client.ts'
import { observeCalls } from '../wazzup/observe-calls.ts'
import type { Surroundings } from './surroundings.ts'

interface WazzupParts {
  metrics: Pick<Metrics, 'requests' | 'upstream'>
  tracing: Tracing
  around: Surroundings
}

/** The one way to Wazzup: all calls of this process share a breaker and a number of places. */
export function openWazzup(
  { wazzup: { apiUrl } }: Settings,
  { metrics, tracing, around: { clock, connectLimits } }: WazzupParts,
): { client: WazzupClient; health: () => { ok: boolean; detail: string } } {
  const gate = createGate(clock)
  const client = observeCalls(createWazzupClient({ apiUrl, ...connectLimits }), {
    ...{ meter: metrics.requests, tracing },
  })
  const { heldBack } = metrics.upstream
  return {
    client: createGatedClient(client, { gate, heldBack, deadline: connectLimits.deadline }),
    health: () => gate.health(),
  }
}
