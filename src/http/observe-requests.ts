import type { FastifyInstance } from 'fastify'
import type { RequestMeter } from '../observability/metrics.ts'

export interface Observation {
  listener: 'public' | 'internal'
  meter: Pick<RequestMeter, 'answered'>
}

/** Measures every request that comes to a route, or to none; to be called before routes are registered. */
export function observeRequests(app: FastifyInstance, { listener, meter }: Observation): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request
    const route = routeOptions.url ?? null
    meter.answered({ listener, method, route, status: reply.statusCode, took: reply.elapsedTime })
    done()
  })
}
