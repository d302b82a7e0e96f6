import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { createSecureContext, createServer as createTlsServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { forwardProxy } from '../../src/config/fields/forward-proxy.ts'
import { openTunnel } from '../../src/upstream/tunnel.ts'
import { madeAuthority, openssl } from '../support/made-certificates.ts'
import { NO_TINYPROXY, startTinyproxy, tinyproxy } from '../support/tinyproxy.ts'

const OTHER = 'api.example:443'

async function listening(server: Server, host: string): Promise<number> {
  server.listen(0, host)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const isPossible = tinyproxy !== undefined && openssl !== undefined

describe.skipIf(!isPossible)(`a proxy spoken to by https: ${tinyproxy ? 'tinyproxy' : NO_TINYPROXY}`, () => {
  let ca: Awaited<ReturnType<typeof madeAuthority>>
  let proxy: Awaited<ReturnType<typeof startTinyproxy>>
  let target: number
  const greeter = createTcpServer((socket) => socket.on('error', () => undefined).end('hello'))
  beforeAll(async () => {
    ca = await madeAuthority()
    target = await listening(greeter, '127.0.0.1')
    proxy = await startTinyproxy(`ConnectPort ${target}`)
  })
  afterAll(async () => {
    greeter.close()
    await proxy.stop()
    await ca.remove()
  })

  /** Ends TLS before the proxy, with a certificate for these names; `asked`: the names that clients have asked for. */
  async function secured(san: string) {
    const { cert, key } = await ca.sign(san.replaceAll(/\W/g, '-'), { san })
    const asked: (string | false | null)[] = []
    const server = createTlsServer({ cert: await readFile(cert), key: await readFile(key) }, (socket) => {
      asked.push(socket.servername)
      const onward = connect(proxy.port, '127.0.0.1')
      onward.on('error', () => socket.destroy())
      socket.on('error', () => onward.destroy())
      socket.pipe(onward).pipe(socket)
    })
    server.on('tlsClientError', () => undefined)
    onTestFinished(() => void server.close())
    return { port: await listening(server, '127.0.0.1'), asked }
  }

  /** What is heard through the tunnel to `localhost`; or, to another name, for which the proxy opens none, why there is none. */
  async function through(proxyUrl: string, to = `localhost:${target}`): Promise<string> {
    const secureContext = createSecureContext({ ca: await readFile(ca.root) })
    const tunnel = await openTunnel(forwardProxy().parse(proxyUrl), {
      target: to,
      timeout: 5000,
      secureContext,
    })
    const [said] = (await once(tunnel, 'data')) as [Buffer]
    tunnel.destroy()
    return said.toString()
  }

  test('shows a certificate for its own name, which it is asked for', async () => {
    const { port, asked } = await secured('DNS:localhost')
    expect(await through(`https://localhost:${port}`)).toBe('hello')
    await expect(through(`https://localhost:${port}`, OTHER)).rejects.toMatchObject({ code: 'PROXY_FORBIDS' })
    expect(asked).toEqual(['localhost', 'localhost'])
  })

  test('shows a certificate for its own address', async () => {
    const { port, asked } = await secured('IP:127.0.0.1')
    expect(await through(`https://127.0.0.1:${port}`)).toBe('hello')
    expect(asked).toEqual([false])
  })

  test.each([
    ['by its name', 'localhost', OTHER],
    ['by its address', '127.0.0.1', undefined],
  ])('%s, gets no password with a certificate for the other side', async (_how, host, to) => {
    const { port } = await secured(to ? 'DNS:api.example' : 'DNS:localhost')
    await expect(through(`https://wauth:canary-Pw7@${host}:${port}`, to)).rejects.toMatchObject({
      ...{ code: 'PROXY_TLS', cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' } },
    })
  })
})
