import { createGate } from '../upstream/gate.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { Tracing } from '../observability/tracing/tracing.ts'
import type { Settings } from '../settings.ts'
import { createWazzupClient, type WazzupClient } from '../wazzup/client.ts'
import { createGatedClient } from '../wazzup/gated-client.ts'
import { observeCalls } from '../wazzup/observe-calls.ts'
import type { Environment } from './environment.ts'

interface WazzupParts {
  metrics: Pick<Metrics, 'requests' | 'upstream'>
  tracing: Tracing
  env: Environment
}

/** The one way to Wazzup: all calls of this process share a breaker and a number of places. */
export function openWazzup(
  { wazzup: { apiUrl } }: Settings,
  { metrics, tracing, env: { clock, connectLimits } }: WazzupParts,
): { client: WazzupClient; health: () => { ok: boolean; detail: string } } {
  const gate = createGate(clock)
  const client = observeCalls(createWazzupClient({ apiUrl, ...connectLimits }), {
    ...{ meter: metrics.requests, tracing },
  })
  const { rejectedByGate } = metrics.upstream
  return {
    client: createGatedClient(client, { gate, rejectedByGate, deadline: connectLimits.deadline }),
    health: () => gate.health(),
  }
}
