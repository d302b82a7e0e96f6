import type { FastifyInstance } from 'fastify'

/** A server on its way out. */
export interface Drain {
  /** From now on every answer asks the client to come back on another connection, and so to another replica. */
  announce(): void
  /** Takes no more connections, and resolves when nothing is being answered any more. */
  close(): Promise<void>
}

/**
 * Makes the server closable in bounded time; to be called before it listens. `app.close()` alone waits for connections
 * that never finish a request: a browser's preconnect, a slow sender, a health check. Here they are cut as soon as
 * nothing is being answered any more.
 */
export function drainable(app: FastifyInstance): Drain {
  let answering = 0
  let leaving = false
  let closing = false
  const cutIfIdle = () => {
    if (closing && answering === 0) app.server.closeAllConnections()
  }
  app.addHook('onRequest', (_request, reply, next) => {
    if (leaving) reply.header('connection', 'close')
    next()
  })
  // From here on the request is whole; one whose body never ends is not worth waiting for.
  app.addHook('preHandler', (_request, reply, next) => {
    answering += 1
    reply.raw.once('close', () => {
      answering -= 1
      cutIfIdle()
    })
    next()
  })
  return {
    announce() {
      leaving = true
    },
    async close() {
      const closed = app.close()
      closing = true
      cutIfIdle()
      await closed
    },
  }
}
