import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { FAILURE_LIMIT } from '../../src/http/internal/failed-attempts.ts'
import { connectorAtHand, pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { TOKEN } from '../support/internal-at-hand.ts'
import { NO_NGINX, nginx, startNginx } from '../support/nginx.ts'
import { TEST_AUTHORITY } from '../support/tls-proxy.ts'
import { blockWith } from './blocks.ts'
import { replaced, startDocumentedNginx } from './documented-nginx.ts'
import { visit } from '../support/visit.ts'

const hostOf = (url: string) => new URL(url).host

/** A connector behind nginx as the documents set it up. */
async function connectorBehindNginx(env: Record<string, string>) {
  let accessLog = async () => ''
  const connector = await connectorAtHand({
    env,
    behind: async (target) => {
      const proxy = await startDocumentedNginx(target)
      accessLog = proxy.accessLog
      return proxy
    },
  })
  return { ...connector, accessLog: () => accessLog() }
}

/** The status that somebody at this address gets, who would rather be somebody else. */
async function arriveFrom(localAddress: string, url: string): Promise<number | undefined> {
  const { port } = new URL(url)
  const headers = { 'x-forwarded-for': `203.0.113.${Math.floor(Math.random() * 250)}` }
  const path = `/wauth?state=random-${Math.random()}`
  const asked = request({ host: '127.0.0.1', servername: 'localhost', port, path, headers, localAddress })
  asked.end()
  const [{ statusCode }] = (await once(asked, 'response')) as [{ statusCode?: number }]
  asked.destroy()
  return statusCode
}

describe.skipIf(!nginx)(nginx ? 'behind nginx as documented' : NO_NGINX, () => {
  const known = tls.getCACertificates('default')
  beforeAll(() => {
    tls.setDefaultCACertificates([...known, readFileSync(TEST_AUTHORITY, 'utf8')])
  })
  afterAll(() => {
    tls.setDefaultCACertificates(known)
  })

  test('a customer comes from the link to the result, and no state stands in the log', async () => {
    const connector = await connectorBehindNginx({ TRUST_PROXY: '127.0.0.1' })
    const { browser, state } = await walkToConfirm(connector)
    const cookies = await browser.jar.getCookies(connector.url)
    expect(cookies.map(({ key, secure }) => [key.startsWith('__Host-wauth-'), secure])).toEqual([
      [true, true],
    ])
    await pressConfirm(browser)
    await expect.poll(() => resultOf(browser)).toMatchObject({ status: 'connected' })
    const log = await connector.accessLog()
    expect(log).toContain('"GET /wauth" 303')
    expect(log).not.toContain(state)
    expect(log).not.toContain('?')
  })

  test('the longest state passes, and one that is longer is refused by the connector', async () => {
    const { url } = await connectorBehindNginx({})
    const arrive = (length: number) => visit(`${url}/wauth?state=${'s'.repeat(length)}`)
    expect((await arrive(4096)).status).toBe(303)
    const refused = await arrive(4097)
    expect(refused.status).toBe(400)
    expect(refused.headers.get('content-security-policy')).not.toBeNull()
  })

  // Other systems have one address for themselves.
  test.skipIf(process.platform !== 'linux').each([
    ['with TRUST_PROXY each address has a limit of its own', { TRUST_PROXY: '127.0.0.1' }, 303],
    ['without it the proxy is the only address', {}, 429],
  ])('%s, and nobody escapes it by a header', async (_, trust, other) => {
    const { url } = await connectorBehindNginx({ ...trust, ATTEMPTS_PER_ADDRESS: '2' })
    const statuses = [await arriveFrom('127.0.0.2', url), await arriveFrom('127.0.0.2', url)]
    expect(statuses).toEqual([303, 303])
    expect(await arriveFrom('127.0.0.2', url)).toBe(429)
    expect(await arriveFrom('127.0.0.3', url)).toBe(other)
  })
})

/** A handler that says what it was given. */
async function startHandler() {
  const server = createServer(({ headers }, answer) => {
    answer.end(JSON.stringify([headers['x-crm-account-id'], headers['x-wazzup-api-key']]))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe.skipIf(!nginx)(nginx ? 'forward-auth by nginx as documented' : NO_NGINX, () => {
  test('the handler is asked with a good key alone; the trial passes, and «not now» stays 503', async () => {
    const connector = await connectorAtHand({ env: { INTERNAL_TOKEN: TOKEN } })
    const { browser } = await walkToConfirm(connector)
    await pressConfirm(browser)
    await expect.poll(() => resultOf(browser)).toMatchObject({ status: 'connected' })
    const made = connector.sandbox.wazzup.connections().at(-1)
    const token = join(connector.folder, 'token.conf')
    await writeFile(token, `proxy_set_header Authorization "Bearer ${TOKEN}";`, { mode: 0o600 })
    const block = replaced(blockWith('docs/webhooks-and-keys.md', 'auth_request '), {
      '/etc/nginx/wauth-token.conf': token,
      '127.0.0.1:3001': hostOf(connector.internalUrl),
      '127.0.0.1:8080': await startHandler(),
    })
    const proxy = await startNginx((port) => `server { listen 127.0.0.1:${port};\n${block} }`)
    onTestFinished(() => proxy.stop())
    const post = async (key?: string) => {
      const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
      const url = `http://127.0.0.1:${proxy.port}/wazzup/webhooks`
      const answer = await fetch(url, { method: 'POST', body: '{"test":true}', headers })
      return { status: answer.status, after: answer.headers.get('retry-after'), text: await answer.text() }
    }
    expect(await post(made?.crmKey)).toMatchObject({
      ...{ status: 200, text: JSON.stringify(['acme', made?.apiKey]) },
    })
    expect(await post()).toMatchObject({ status: 200, text: '{}' })
    expect(await post('unknown')).toMatchObject({ status: 401 })
    await Promise.all(Array.from({ length: FAILURE_LIMIT.max }, () => post('unknown')))
    const busy = await post('unknown')
    expect(busy).toMatchObject({ status: 503 })
    expect(Number(busy.after)).toBeGreaterThan(0)
  })
})
