import { once } from 'node:events'
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Passes each request to the next of several servers on this machine: nothing is sticky. */
export async function startLoadBalancer() {
  const ports: number[] = []
  const served: { path: string; port: number }[] = []
  let turn = 0
  let held: Promise<unknown> = Promise.resolve()
  const server = createServer((request, response) => {
    const port = ports[turn++ % ports.length]
    served.push({ path: request.url?.split('?')[0] ?? '', port: port ?? 0 })
    if (port === undefined) response.writeHead(503).end()
    else passOn(request, response, { port, held: () => held })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Who gets requests; may change at any time. */
    ports,
    /** Who was asked for what, in order. */
    served,
    /** Keeps answers back, until they are let go or their connections break. */
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<undefined>()
      held = promise
      return {
        letGo: () => {
          resolve(undefined)
        },
        breakOff: () => {
          held = Promise.resolve()
          server.closeAllConnections()
        },
      }
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Way {
  port: number
  /** Resolves when an answer may go back. */
  held: () => Promise<unknown>
}

function passOn(request: IncomingMessage, response: ServerResponse, { port, held }: Way) {
  const { url: path, method, headers } = request
  // A connection of its own for each, so that none is used of a server that has just gone.
  const onward = ask({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
    void held().then(() => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
  })
  onward.on('error', () => {
    if (response.headersSent) response.destroy()
    else response.writeHead(502).end()
  })
  request.pipe(onward)
}
