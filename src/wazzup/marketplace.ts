import type { Clock } from '../shared/clock.ts'
import { parseJson } from '../shared/parse-json.ts'
import { outcomeOf, type CallOutcome } from './authorized-call.ts'
import type { Call, Exchanged, WazzupClient } from './client.ts'

/** The body of `POST /v3/marketplace`. All three go along each time: what a missing one means is not documented. */
interface ModuleParameters {
  crmCode: string
  secret: string
  /** Empty when every customer has an address of their own. */
  authRedirectUri: string
}

/** The body of `PATCH /v3/marketplace`. `content`: the SVG in base64, in one piece. */
interface ModuleBrand {
  crmName: string
  logo: { name: string; content: string }
}

/** What is asked of `POST /v3/wauth`. `domain` only for a module without an authRedirectUri. */
interface Simulation {
  type: string
  domain?: string
}

/** The address to which Wazzup sends a customer, with a fresh state in it; or why there is none. */
type SimulationOutcome = { kind: 'address'; address: URL } | CallOutcome

/** The vendor's entry in the marketplace, with the vendor's own apiKey. */
export interface Marketplace {
  register(module: ModuleParameters): Promise<CallOutcome>
  brand(brand: ModuleBrand): Promise<CallOutcome>
  simulate(simulation: Simulation): Promise<SimulationOutcome>
}

/** Speaks of the module that belongs to this apiKey. */
export function createMarketplace(client: WazzupClient, apiKey: string, clock: Clock): Marketplace {
  const send = (call: Call) => client.send({ ...call, apiKey })
  return {
    register: async (body) =>
      outcomeOf(await send({ method: 'POST', path: '/v3/marketplace', body }), clock()),
    brand: async (body) => outcomeOf(await send({ method: 'PATCH', path: '/v3/marketplace', body }), clock()),
    async simulate(body) {
      const exchanged = await send({ method: 'POST', path: '/v3/wauth', body })
      const address = addressIn(exchanged)
      if (address) return { kind: 'address', address }
      const outcome = outcomeOf(exchanged, clock())
      if (outcome.kind !== 'done') return outcome
      return { kind: 'unavailable', status: outcome.status, code: 'no_address', maybeDone: true }
    },
  }
}

/** The answer is not documented: a redirect, or JSON with the address somewhere in it (fact sheet, 3.3 and 21). */
function addressIn(exchanged: Exchanged): URL | null {
  if (exchanged.kind !== 'answer') return null
  const { status, headers, body } = exchanged.answer
  if (status >= 300 && status < 400) return withState([headers['location']].flat()[0])
  return status >= 200 && status < 300 ? searchAddress(parseJson(body), 5) : null
}

function searchAddress(value: unknown, depth: number): URL | null {
  if (typeof value === 'string') return withState(value)
  if (typeof value !== 'object' || value === null || depth === 0) return null
  for (const part of Object.values(value)) {
    const found = searchAddress(part, depth - 1)
    if (found) return found
  }
  return null
}

function withState(text: string | undefined): URL | null {
  const url = URL.parse(text ?? '')
  return url && /^https?:$/.test(url.protocol) && url.searchParams.has('state') ? url : null
}
