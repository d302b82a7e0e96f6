import { once } from 'node:events'
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Passes each request to the next of several servers on this machine: nothing is sticky. */
export async function startLoadBalancer() {
  const ports: number[] = []
  const served: { path: string; port: number }[] = []
  let turn = 0
  const server = createServer((request, response) => {
    const port = ports[turn++ % ports.length]
    served.push({ path: request.url?.split('?')[0] ?? '', port: port ?? 0 })
    if (port === undefined) response.writeHead(503).end()
    else passOn(request, response, port)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Who gets requests; may change at any time. */
    ports,
    /** Who was asked for what, in order. */
    served,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function passOn(request: IncomingMessage, response: ServerResponse, port: number) {
  const { url: path, method, headers } = request
  // A connection of its own for each, so that none is used of a server that has just gone.
  const onward = ask({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => {
    if (response.headersSent) response.destroy()
    else response.writeHead(502).end()
  })
  request.pipe(onward)
}
