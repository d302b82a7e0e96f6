import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'

export interface OpenServer {
  app: FastifyInstance
  /** Origin, without a trailing slash. */
  url: string
}

/**
 * A silent server on 127.0.0.1, never on an address that others can reach. It listens before it has routes, so
 * that they can be told their own origin; a request that comes earlier waits for `app.ready()`, as Fastify cannot
 * answer before. Both slash forms are one route; of a repeated parameter the last counts. Closing it also ends
 * answers that are being held back on purpose.
 * @param port 0 = any free one
 * @param hostname how the URL names the machine; `localhost` makes another site of it for a browser
 */
export async function openServer(port = 0, hostname = '127.0.0.1'): Promise<OpenServer> {
  const server = createServer()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const app = Fastify({
    routerOptions: {
      ignoreTrailingSlash: true,
      querystringParser: (text) => Object.fromEntries(new URLSearchParams(text)),
    },
    serverFactory: (handler) =>
      server.on('request', (request, response) => {
        void ready.then(() => {
          handler(request, response)
        })
      }),
  })
  const ready = new Promise<void>((resolve) => {
    app.addHook('onReady', async () => {
      resolve()
    })
  })
  app.addHook('onClose', async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  })
  const { port: bound } = server.address() as AddressInfo
  return { app, url: `http://${hostname}:${bound}` }
}
