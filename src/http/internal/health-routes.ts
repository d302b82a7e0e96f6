import type { FastifyInstance } from 'fastify'
import type { HealthSources } from './deps.ts'
import type { Liveness, Readiness } from './schemas/health.ts'
import { createStoreProbe } from './store-probe.ts'

/** Seconds. */
const TRY_AGAIN = 1

/** Liveness depends on nothing; readiness on the store and on shutdown. Like the metrics they need no token. */
export function healthRoutes(
  app: FastifyInstance,
  { pingStore, login, wazzup, recovery, phase, metrics }: HealthSources,
) {
  const probeStore = createStoreProbe(pingStore)
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await metrics()
    return reply.type(contentType).send(text)
  })
  app.get('/livez', () => ({ status: 'alive' }) satisfies Liveness)
  app.get('/readyz', async (_request, reply) => {
    const store = await probeStore()
    const ready = store.ok && phase() === 'serving'
    if (!ready) reply.header('retry-after', TRY_AGAIN)
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'ready' : 'not ready',
      phase: phase(),
      stopping: phase() === 'stopping',
      // Only the store decides; the rest is there for the reader.
      parts: { store, login: login(), wazzup: wazzup(), recovery: recovery() },
    } satisfies Readiness)
  })
}
