import type { RequestMeter } from '../observability/metrics.ts'
import type { WazzupClient } from './client.ts'

/** The same client, every call measured. */
export const observeCalls = (
  client: WazzupClient,
  { meter }: { meter: Pick<RequestMeter, 'called'> },
): WazzupClient => ({
  ...client,
  async send(call) {
    const { method, path } = call
    const began = performance.now()
    const exchanged = await client.send(call)
    const status = exchanged.kind === 'answer' ? exchanged.answer.status : null
    meter.called({ method, route: routeOf(path), status, took: performance.now() - began })
    return exchanged
  },
})

/** Without the query, where a value might be. */
const routeOf = (path: string) => path.split('?', 1)[0] ?? ''
