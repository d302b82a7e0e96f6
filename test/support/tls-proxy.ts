import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { request } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

const TLS = join(import.meta.dirname, 'tls')

/** For NODE_EXTRA_CA_CERTS: the authority that has signed the proxy's certificate, made for tests alone. */
export const TEST_AUTHORITY = join(TLS, 'authority.pem')

/** Files of the certificate that it has signed. */
export const LOCALHOST = { key: join(TLS, 'localhost-key.pem'), cert: join(TLS, 'localhost.pem') }

export interface TlsProxy {
  url: string
  close(): Promise<void>
}

/** What the proxy does to the headers of an answer on its way. */
export type Spoil = (
  headers: Record<string, string | string[] | undefined>,
) => Record<string, string | string[] | undefined>

/** A reverse proxy that ends TLS, as nginx would, for `localhost`. `target` may be decided later. */
export async function startTlsProxy(target: () => string, spoil: () => Spoil): Promise<TlsProxy> {
  const keys = { key: readFileSync(LOCALHOST.key), cert: readFileSync(LOCALHOST.cert) }
  const server: Server = createServer(keys, (incoming, outgoing) => {
    const { method = 'GET', url = '/' } = incoming
    const headers = { ...incoming.headers, 'x-forwarded-for': incoming.socket.remoteAddress ?? '' }
    const onward = request(new URL(url, target()), { method, headers }, (answer) => {
      const passed = Object.entries(spoil()(answer.headers)).filter(([, value]) => value !== undefined)
      outgoing.writeHead(answer.statusCode ?? 502, Object.fromEntries(passed))
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.writeHead(502).end())
    incoming.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `https://localhost:${port}`,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
