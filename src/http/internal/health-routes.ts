import type { FastifyInstance } from 'fastify'
import type { HealthSources } from './deps.ts'
import type { Liveness, Readiness } from './schemas/health.ts'

/** Liveness depends on nothing; readiness on the store and on shutdown. Like the metrics they need no token. */
export function healthRoutes(
  app: FastifyInstance,
  { pingStore, login, recovery, isStopping, metrics }: HealthSources,
) {
  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await metrics()
    return reply.type(contentType).send(text)
  })
  app.get('/livez', () => ({ status: 'alive' }) satisfies Liveness)
  app.get('/readyz', async (_request, reply) => {
    const store = await pingStore().then(
      () => ({ ok: true, detail: 'answers' }),
      () => ({ ok: false, detail: 'does not answer' }),
    )
    const ready = store.ok && !isStopping()
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'ready' : 'not ready',
      stopping: isStopping(),
      // Only the store decides; the rest is there for whoever looks.
      parts: { store, login: login(), recovery: recovery() },
    } satisfies Readiness)
  })
}
