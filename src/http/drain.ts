import type { Server, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** Milliseconds for which an answer that is written may still be read, and how often that is looked at. */
const [LAST_READ, LOOK_EVERY] = [500, 50]

/** A server on its way out. */
export interface Drain {
  /** From now on every answer asks the client to come back on another connection, and so to another replica. */
  announce(): void
  /** Takes no more connections, and resolves when nothing is being answered any more. */
  close(): Promise<void>
}

/** What an answer has to know that no hook of Fastify sees. */
export interface Draining {
  isLeaving: () => boolean
  /** Its request is whole: it is waited for. */
  begin: () => unknown
  /**
   * It is written, or somebody else writes it. The system takes a short one at once, and nothing more is waited for: a second
   * listener to the end of each response would take longer than all else that is done here.
   */
  done: (response: ServerResponse) => void
}

const drains = new WeakMap<Server, Draining>()

/** Of a server that can be drained. */
export const drainOf = (server: Server): Draining | undefined => drains.get(server)

/**
 * Makes the server closable in bounded time; to be called before it listens. `app.close()` alone waits for connections
 * that never finish a request: a browser's preconnect, a slow sender, a health check. Here they are cut as soon as
 * nothing is being answered any more; and a client that does not read its answer is not waited for.
 */
export function drainable(app: FastifyInstance): Drain {
  const answering = new Set<ServerResponse>()
  let leaving = false
  let closing = false
  let short = 0
  const cutIfIdle = () => {
    if (closing && answering.size + short === 0) app.server.closeAllConnections()
  }
  const hold = (response: ServerResponse) => {
    if (response.req.socket.destroyed) return
    answering.add(response)
    response.once('close', () => {
      answering.delete(response)
      cutIfIdle()
    })
  }
  drains.set(app.server, {
    ...{ isLeaving: () => leaving, begin: () => (short += 1) },
    done(response) {
      short -= 1
      if (!response.writableFinished) hold(response)
      cutIfIdle()
    },
  })
  app.addHook('onRequest', (_request, reply, next) => {
    if (leaving) reply.header('connection', 'close')
    next()
  })
  // From here on the request is whole; one whose body never ends is not worth waiting for.
  app.addHook('preHandler', (_request, reply, next) => {
    hold(reply.raw)
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
      const isWritten = () => short === 0 && [...answering].every((answer) => answer.writableEnded)
      await cutUnread(app.server, closed, isWritten)
    },
  }
}

/** A client that does not read what is written is not waited for. */
async function cutUnread(server: Server, closed: Promise<unknown>, isWritten: () => boolean) {
  let unread = 0
  const looking = setInterval(() => {
    unread = isWritten() ? unread + LOOK_EVERY : 0
    if (unread >= LAST_READ) server.closeAllConnections()
  }, LOOK_EVERY)
  await closed.finally(() => {
    clearInterval(looking)
  })
}
