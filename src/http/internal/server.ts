import fastify, { type FastifyInstance } from 'fastify'
import type { LoginHealth } from '../../login/port.ts'

export interface InternalDeps {
  /** Resolves when the own store answers. */
  pingStore: () => Promise<void>
  loginHealth: () => LoginHealth
  recoveryHealth: () => { ok: boolean; detail: string }
  /** The service is on its way down. */
  isStopping: () => boolean
}

/** The listener that the internet never sees. Liveness depends on nothing; readiness on the store and on shutdown. */
export function createInternalServer(deps: InternalDeps): FastifyInstance {
  const app = fastify({ logger: false, requestTimeout: 20_000, bodyLimit: 16 * 1024 })
  app.get('/livez', () => ({ status: 'alive' }))
  app.get('/readyz', async (_request, reply) => {
    const store = await deps.pingStore().then(
      () => ({ ok: true, detail: 'answers' }),
      () => ({ ok: false, detail: 'does not answer' }),
    )
    const ready = store.ok && !deps.isStopping()
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'ready' : 'not ready',
      stopping: deps.isStopping(),
      // Only the store decides; the rest is there for whoever looks.
      parts: { store, login: deps.loginHealth(), recovery: deps.recoveryHealth() },
    })
  })
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .type('application/problem+json')
      .send({ title: 'Not found', status: 404, code: 'not_found' }),
  )
  return app
}
