import type { RequestMeter } from '../observability/metrics.ts'
import { currentTrace } from '../observability/tracing/current.ts'
import { traceparentOf } from '../observability/tracing/trace-context.ts'
import type { Tracing } from '../observability/tracing/tracing.ts'
import type { Monotonic } from '../shared/clock.ts'
import type { Call, Exchanged, WazzupClient } from './client.ts'

export interface CallObservation {
  meter: Pick<RequestMeter, 'called'>
  tracing: Tracing
  monotonic: Monotonic
}

/** The same client, every call measured, and a part of the trace that its caller is in. */
export const observeCalls = (
  client: WazzupClient,
  { meter, tracing, monotonic }: CallObservation,
): WazzupClient => ({
  ...client,
  async send(call) {
    const { method } = call
    const route = routeOf(call)
    const span = tracing.begin({
      ...{ kind: 'client', name: `${method} ${route}`, parent: currentTrace(), heedParent: true },
      facts: { 'http.request.method': method, 'url.template': route, 'peer.service': 'wazzup' },
    })
    const began = monotonic()
    const exchanged = await client.send(span ? { ...call, traceparent: traceparentOf(span.context) } : call)
    const status = exchanged.kind === 'answer' ? exchanged.answer.status : null
    meter.called({ method, route, status, took: monotonic() - began })
    span?.end(factsOf(exchanged), status === null || status >= 400)
    return exchanged
  },
})

/** Without the query, where a value might be. */
const routeOf = ({ path }: Call) => path.split('?', 1)[0] ?? ''

const factsOf = (exchanged: Exchanged) =>
  exchanged.kind === 'answer'
    ? { 'http.response.status_code': exchanged.answer.status }
    : { 'error.type': exchanged.code }
