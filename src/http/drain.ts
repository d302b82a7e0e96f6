import type { FastifyInstance } from 'fastify'

/**
 * Makes the server closable in bounded time; to be called before it listens. `app.close()` alone waits for connections
 * that never finish a request: a browser's preconnect, a slow sender, a health check. Here they are cut as soon as
 * nothing is being answered any more.
 */
export function drainable(app: FastifyInstance): () => Promise<void> {
  let answering = 0
  let closing = false
  const cutIfIdle = () => {
    if (closing && answering === 0) app.server.closeAllConnections()
  }
  // From here on the request is whole; one whose body never ends is not worth waiting for.
  app.addHook('preHandler', (_request, reply, next) => {
    answering += 1
    reply.raw.once('close', () => {
      answering -= 1
      cutIfIdle()
    })
    next()
  })
  return async () => {
    const closed = app.close()
    closing = true
    cutIfIdle()
    await closed
  }
}
