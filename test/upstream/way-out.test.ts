import { readFile } from 'node:fs/promises'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { forwardProxy } from '../../src/config/fields/forward-proxy.ts'
import { createBoundedFetch } from '../../src/login/bounded-fetch.ts'
import { systemMonotonic } from '../../src/shared/clock.ts'
import { USER_AGENT } from '../../src/shared/version.ts'
import { TROUBLES } from '../../src/upstream/connection-trouble.ts'
import { createGate } from '../../src/upstream/gate.ts'
import { bypassOf } from '../../src/config/no-proxy.ts'
import { STRAIGHT, type WayOut } from '../../src/config/way-out.ts'
import { createWazzupClient } from '../../src/wazzup/client.ts'
import { createGatedClient } from '../../src/wazzup/gated-client.ts'
import { freePort } from '../support/free-port.ts'
import { madeAuthority, openssl } from '../support/made-certificates.ts'
import { nginx, NO_NGINX, startNginx } from '../support/nginx.ts'
import { BY_PROXY, NO_TINYPROXY, startTinyproxy, tinyproxy } from '../support/tinyproxy.ts'

const SAN = `DNS:localhost,IP:${BY_PROXY}`
const KINDS = [
  ...(['good', 'expired', 'future', 'other', 'itself', 'alone', 'chain', 'old', 'client', 'odd'] as const),
]

/** An nginx that serves each kind of certificate on a port of its own, and plain http on another. */
async function manyServers() {
  const ca = await madeAuthority()
  const good = await ca.sign('good', { san: SAN })
  const alone = await ca.sign('alone', { san: SAN, by: 'intermediate' })
  const files: Record<(typeof KINDS)[number], { cert: string; key: string }> = {
    good,
    old: good,
    expired: await ca.sign('expired', { san: SAN, from: '20200101000000Z', until: '20200201000000Z' }),
    future: await ca.sign('future', { san: SAN, from: '20980101000000Z', until: '20990101000000Z' }),
    other: await ca.sign('other', { san: 'DNS:other.example' }),
    client: await ca.sign('client', { san: SAN, extension: 'extendedKeyUsage=clientAuth' }),
    odd: await ca.sign('odd', { san: SAN, extension: '1.2.3.4=critical,ASN1:UTF8String:odd' }),
    itself: await ca.selfSigned('itself', SAN),
    alone,
    chain: await ca.chained(alone, 'chain.pem'),
  }
  const ports: Record<string, number> = {}
  for (const kind of KINDS) ports[kind] = await freePort()
  const answer = 'location / { return 200 "$http_user_agent"; }'
  const server = await startNginx((port) =>
    [
      `server { listen 127.0.0.1:${(ports['plain'] = port)}; ${answer} }`,
      ...KINDS.map(
        (kind) => `server { listen 127.0.0.1:${ports[kind]} ssl; ssl_certificate ${files[kind].cert};
          ssl_certificate_key ${files[kind].key}; ${answer}
          ${kind === 'old' ? 'ssl_protocols TLSv1.1; ssl_ciphers ALL:@SECLEVEL=0;' : ''} }`,
      ),
    ].join('\n'),
  )
  const root = await readFile(ca.root, 'utf8')
  const stop = async () => {
    await server.stop()
    await ca.remove()
  }
  return { ports, root, stop }
}

const clientOf = (origin: string, wayOut: WayOut) => {
  const client = createWazzupClient({ apiUrl: new URL(origin), wayOut, deadline: 5000, maxAnswer: 65536 })
  onTestFinished(() => client.close())
  return client
}

/** What a call comes to: its body, or the name of the trouble; none of them can have reached anybody. */
async function ask(origin: string, wayOut: WayOut) {
  const exchanged = await clientOf(origin, wayOut).send({ method: 'GET', path: '/' })
  if (exchanged.kind === 'answer') return exchanged.answer.body
  expect(exchanged.sent).toBe(false)
  return TROUBLES.find(({ codes }) => codes.test(exchanged.code))?.name ?? exchanged.code
}

const proxyOf = (text: string) => forwardProxy().parse(text)

let { ports, root, stop } = {} as Awaited<ReturnType<typeof manyServers>>
const isPossible = nginx !== undefined && openssl !== undefined
beforeAll(async () => {
  if (isPossible) ({ ports, root, stop } = await manyServers())
})
afterAll(async () => {
  if (isPossible) await stop()
})

describe.skipIf(!isPossible)(
  `what nginx serves with certificates of OpenSSL: ${nginx ? 'nginx' : NO_NGINX}`,
  () => {
    const at = (kind: string, host = 'localhost') => `https://${host}:${ports[kind]}`

    test.each([
      ['good', USER_AGENT],
      ['chain', USER_AGENT],
      ['expired', 'expired'],
      ['future', 'not yet valid'],
      ['other', 'other host'],
      ['itself', 'self-signed'],
      ['alone', 'missing intermediate'],
      ['client', 'other purpose'],
      ['odd', 'too weak'],
      ['old', 'handshake'],
      ['plain', 'no TLS'],
    ])('by the authority of CA_FILE, %s ends in: %s', async (kind, found) => {
      expect(await ask(at(kind), { ...STRAIGHT, authorities: [root] })).toBe(found)
    })

    test('without CA_FILE, the authority of its own is not known', async () => {
      expect(await ask(at('good'), STRAIGHT)).toBe('missing intermediate')
      expect(await ask(at('chain'), STRAIGHT)).toBe('unknown issuer')
    })

    test('a login says the same of each, and what to do', async () => {
      const bounded = createBoundedFetch({
        allowHttpLoopback: false,
        wayOut: { ...STRAIGHT, authorities: [root] },
      })
      onTestFinished(() => bounded.close())
      const hint = expect.stringContaining('has expired. Renew it there.') as string
      await expect(bounded.fetch(at('expired'), { method: 'GET', headers: {} })).rejects.toMatchObject({
        ...{ code: 'peer_unreachable', hint },
      })
      const good = await bounded.fetch(at('good'), { method: 'GET', headers: { 'user-agent': 'a library' } })
      expect(await good.text()).toBe(USER_AGENT)
    })

    describe.skipIf(!tinyproxy)(`by a forward proxy: ${tinyproxy ? 'tinyproxy' : NO_TINYPROXY}`, () => {
      const started = async (...lines: string[]) => {
        const proxy = await startTinyproxy(...lines)
        onTestFinished(() => proxy.stop())
        return proxy
      }
      const by = (address: string, more: Partial<WayOut> = {}): WayOut => ({
        ...{ ...STRAIGHT, authorities: [root], ...more },
        proxy: proxyOf(address),
      })

      test('a call goes by a tunnel, and is secured through it as without', async () => {
        const { port, log } = await started()
        const way = by(`127.0.0.1:${port}`)
        expect(await ask(at('good', BY_PROXY), way)).toBe(USER_AGENT)
        expect(await ask(at('expired', BY_PROXY), way)).toBe('expired')
        expect(await ask(at('good', BY_PROXY), { ...way, authorities: [] })).toBe('missing intermediate')
        expect(await readFile(log, 'utf8')).toContain(`CONNECT ${BY_PROXY}:${ports['good']}`)
      })

      test('this machine, and who stands in NO_PROXY, is reached without it', async () => {
        const way = by(`127.0.0.1:${await freePort()}`)
        expect(await ask(at('good'), way)).toBe(USER_AGENT)
        const bypass = bypassOf(`${BY_PROXY}/8`)
        const straight = clientOf(at('good', BY_PROXY), { ...way, bypasses: bypass ? [bypass] : [] })
        expect(await straight.send({ method: 'GET', path: '/' })).toMatchObject({
          code: 'ERR_BEYOND_LOOPBACK',
        })
      })

      test('a proxy with a password gets it, and nobody else; without the right one it says so', async () => {
        const { port } = await started('BasicAuth wauth canary-Pw7')
        expect(await ask(at('good', BY_PROXY), by(`http://wauth:canary-Pw7@127.0.0.1:${port}`))).toBe(
          USER_AGENT,
        )
        expect(await ask(at('good', BY_PROXY), by(`http://127.0.0.1:${port}`))).toBe('proxy: login')
        const wrong = by(`http://wauth:canary-Xx9@127.0.0.1:${port}`)
        const exchanged = await clientOf(at('good', BY_PROXY), wrong).send({ method: 'GET', path: '/' })
        expect(exchanged).toMatchObject({ kind: 'no_answer', code: 'PROXY_WANTS_LOGIN' })
        expect(inspect([exchanged, wrong], { depth: 9 })).not.toContain('canary')
      })

      test('what else it does has words of its own', async () => {
        const open = `127.0.0.1:${(await started()).port}`
        const strict = `127.0.0.1:${(await started('ConnectPort 1')).port}`
        expect(await ask(at('good', BY_PROXY), by(strict))).toBe('proxy: forbids')
        expect(await ask(`https://${BY_PROXY}:${await freePort()}`, by(open))).toBe('proxy: no way')
        expect(await ask(at('good', BY_PROXY), by(`127.0.0.1:${await freePort()}`))).toBe('proxy: away')
        expect(await ask(at('good', BY_PROXY), by(`127.0.0.1:${ports['plain']}`))).toBe('proxy: refuses')
        expect(await ask(at('good', BY_PROXY), by(`https://127.0.0.1:${ports['plain']}`))).toBe('proxy: TLS')
      })

      test('a proxy that refuses is no evidence against whom it was asked for', async () => {
        const { port } = await started('ConnectPort 1')
        const wayOut = by(`127.0.0.1:${port}`)
        const [gate, ofLogin] = [createGate(systemMonotonic), createGate(systemMonotonic)]
        const terms = { deadline: 5000, monotonic: systemMonotonic, rejectedByGate: () => undefined }
        const client = createGatedClient(clientOf(at('good', BY_PROXY), wayOut), { gate, ...terms })
        const bounded = createBoundedFetch({ allowHttpLoopback: false, wayOut, gate: ofLogin })
        onTestFinished(() => bounded.close())
        for (const about of ['a', 'b', 'c', 'd', 'e', 'f']) {
          expect(await client.send({ method: 'POST', path: '/v3/connect', body: {}, about })).toMatchObject({
            code: 'PROXY_FORBIDS',
          })
          await bounded.fetch(at('good', BY_PROXY), { method: 'GET', headers: {} }).catch(() => null)
        }
        expect([gate.health().ok, ofLogin.health().ok]).toEqual([true, true])
      })
    })
  },
)
