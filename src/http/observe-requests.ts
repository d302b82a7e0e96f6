import type { FastifyInstance, FastifyRequest, onResponseHookHandler } from 'fastify'
import type { RequestMeter } from '../observability/metrics.ts'
import { inTrace } from '../observability/tracing/current.ts'
import { parseTraceparent } from '../observability/tracing/trace-context.ts'
import type { Span, Tracing } from '../observability/tracing/tracing.ts'

export interface Observation {
  listener: 'public' | 'internal'
  meter: Pick<RequestMeter, 'answersOf'>
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
export function observeRequests(app: FastifyInstance, observation: Observation): void {
  traceRequests(app, observation)
  measureRequests(app, observation)
}

function traceRequests(app: FastifyInstance, { listener, tracing }: Observation) {
  app.decorateRequest('span', null)
  app.addHook('onRequest', (request, reply, done) => {
    const parent = parseTraceparent(request.headers.traceparent)
    if (!parent && !tracing.records) {
      done()
      return
    }
    const span = tracing.begin({
      ...{ kind: 'server', name: nameOf(request), heedParent: listener === 'internal' },
      facts: factsOf(request, listener),
      parent,
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
}

/** Each route has a counter of its own: to ask a request for its route makes an object of a dozen fields. */
function measureRequests(app: FastifyInstance, { listener, meter }: Observation) {
  const measure = (route: string | null): onResponseHookHandler => {
    const count = meter.answersOf({ listener, route })
    return ({ method }, reply, done) => {
      count(method, reply.statusCode, reply.elapsedTime)
      done()
    }
  }
  app.addHook('onRoute', (route) => {
    route.onResponse = [route.onResponse ?? [], measure(route.url)].flat()
  })
  const measureOther = measure(null)
  app.addHook('onResponse', function (request, reply, done) {
    if (request.is404) measureOther.call(this, request, reply, done)
    else done()
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
