import { createGate, type Gate } from '../upstream/gate.ts'
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

/** What is asked of Wazzup. Each kind has places and a breaker of its own, so that none of them holds up another. */
export interface WazzupClients {
  /** `POST /v3/connect`. */
  connect: WazzupClient
  /** The steps of an upload, with the registration of the address. */
  upload: WazzupClient
  /** What looks after keys: tries of apiKeys, comparisons of the address, and switching webhooks off. */
  keys: WazzupClient
}

/** The one way to Wazzup. */
export function openWazzup(
  { wazzup: { apiUrl }, wayOut }: Settings,
  { metrics, tracing, env: { monotonic, connectLimits } }: WazzupParts,
): { clients: WazzupClients; health: () => Health; close: () => Promise<void> } {
  const client = observeCalls(createWazzupClient({ apiUrl, wayOut, ...connectLimits }), {
    ...{ meter: metrics.requests, tracing, monotonic },
  })
  const { rejectedByGate } = metrics.upstream
  const { deadline } = connectLimits
  const gates = { connect: createGate(monotonic), upload: createGate(monotonic), keys: createGate(monotonic) }
  const through = (gate: Gate) => createGatedClient(client, { gate, monotonic, rejectedByGate, deadline })
  return {
    clients: { connect: through(gates.connect), upload: through(gates.upload), keys: through(gates.keys) },
    health: () => healthOf(gates),
    close: () => client.close(),
  }
}

interface Health {
  ok: boolean
  detail: string
}

/** The first that is not well speaks for all. */
function healthOf(gates: Record<string, Gate>): Health {
  const all = Object.entries(gates).map(([name, gate]) => ({ name, ...gate.health() }))
  const unwell = all.find(({ ok }) => !ok)
  return unwell
    ? { ok: false, detail: `${unwell.name}: ${unwell.detail}` }
    : { ok: true, detail: 'breaker closed' }
}
