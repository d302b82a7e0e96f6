import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RequestMeter } from '../observability/metrics.ts'
import { inTrace } from '../observability/tracing/current.ts'
import { parseTraceparent } from '../observability/tracing/trace-context.ts'
import type { Span, Tracing } from '../observability/tracing/tracing.ts'

export interface Observation {
  listener: 'public' | 'internal'
  meter: Pick<RequestMeter, 'answered'>
  tracing: Tracing
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of this request; null when nobody traces it. */
    span: Span | null
  }
}

/**
 * Measures every request that comes to a route, or to none, and gives it its place in a trace; to be called before
 * routes are registered.
 *
 * On the public listener a `traceparent` may be a stranger's. All that it can do there is to name a trace, in a form
 * that is checked to the letter: whether that is recorded is decided here, and what else could come along
 * (`tracestate`, `baggage`) is not read.
 */
export function observeRequests(app: FastifyInstance, { listener, meter, tracing }: Observation): void {
  app.decorateRequest('span', null)
  app.addHook('onRequest', (request, reply, done) => {
    const span = tracing.begin({
      ...{ kind: 'server', name: nameOf(request), heedParent: listener === 'internal' },
      facts: factsOf(request, listener),
      parent: parseTraceparent(request.headers.traceparent),
    })
    if (!span) {
      done()
      return
    }
    request.span = span
    reply.raw.once('close', () => {
      const { statusCode } = reply
      if (reply.raw.headersSent) span.end({ 'http.response.status_code': statusCode }, statusCode >= 500)
      else span.end({ 'error.type': 'caller_gone' }, false)
    })
    inTrace(span.context, done)
  })
  // A body comes by events of the socket, which know nothing of the request's place.
  app.addHook('preHandler', ({ span }, _reply, done) => {
    if (span) inTrace(span.context, done)
    else done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request
    const route = routeOptions.url ?? null
    meter.answered({ listener, method, route, status: reply.statusCode, took: reply.elapsedTime })
    done()
  })
}

/** The pattern of the route, never the address: that may carry a state, a code or an account. */
const nameOf = ({ method, routeOptions: { url } }: FastifyRequest) =>
  url === undefined ? method : `${method} ${url}`

const factsOf = ({ method, routeOptions: { url } }: FastifyRequest, listener: string) => ({
  'http.request.method': method,
  ...(url !== undefined && { 'http.route': url }),
  'wauth.listener': listener,
})
