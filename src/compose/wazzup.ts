import { createGate } from '../outward/gate.ts'
import type { Settings } from '../settings.ts'
import { createWazzupClient, type WazzupClient } from '../wazzup/client.ts'
import { createGatedClient } from '../wazzup/gated-client.ts'
import type { Surroundings } from './surroundings.ts'

/** The one way to Wazzup: all calls of this process share a breaker and a number of places. */
export function openWazzup(
  { wazzup: { apiUrl } }: Settings,
  { clock, connectLimits }: Surroundings,
): { client: WazzupClient; health: () => { ok: boolean; detail: string } } {
  const gate = createGate(clock)
  const client = createWazzupClient({ apiUrl, ...connectLimits })
  return { client: createGatedClient(client, gate, connectLimits.deadline), health: () => gate.health() }
}
