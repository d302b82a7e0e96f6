import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished, describe, expect, test } from 'vitest'
import type { Outcome, Result } from '../../../src/connect/outcome.ts'
import { PUBLIC_LIMITS } from '../../../src/http/public/limits.ts'
import { createPages } from '../../../src/http/public/pages/pages.ts'
import { createPublicServer } from '../../../src/http/public/server.ts'
import { createLogger } from '../../../src/observability/logger.ts'
import { createMetrics } from '../../../src/observability/metrics.ts'
import { passOn } from '../../../src/observability/tracing/tracing.ts'
import { systemClock, systemMonotonic } from '../../../src/shared/clock.ts'
import { systemRandom } from '../../../src/shared/random.ts'
import { visit } from '../../support/visit.ts'

const REFUSED: Outcome = { kind: 'refused', problem: 'bad_state', attemptId: null }

/** The public listener on a free port; `arrived` has the browsers' addresses as the flow, which decides this, is told them. */
async function startListener({
  trustProxy = [],
  outcome = REFUSED,
}: { trustProxy?: string[]; outcome?: Outcome } = {}) {
  const arrived: string[] = []
  const app = await createPublicServer({
    async run(_row, { address }) {
      arrived.push(address)
      return outcome
    },
    pages: createPages({ crmName: 'Acme', hasLogo: () => false, doneUrl: null, wazzupUrl: null }),
    logo: () => null,
    log: createLogger('silent'),
    clock: systemClock,
    monotonic: systemMonotonic,
    random: systemRandom,
    observe: { listener: 'public', meter: createMetrics().requests, tracing: passOn },
    limits: { ...PUBLIC_LIMITS, arrivals: 0 },
    checks: { isProof: () => false, sleep: async () => undefined },
    settings: {
      publicUrl: new URL('https://wauth.crm.example'),
      trustProxy,
      tenantHosts: ['*.tenant.example'],
    },
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => app.close())
  return { url, port: Number(new URL(url).port), arrived }
}

/** What is answered to these bytes, until the listener closes the connection. */
async function answerTo(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes)
  const answer = await text(socket)
  socket.destroy()
  return answer
}

describe('a problem in another language', () => {
  const get = async (path: string) => {
    const { url } = await startListener()
    const answer = await fetch(`${url}${path}`, { redirect: 'manual' })
    return { status: answer.status, html: await answer.text() }
  }
  const ID = 'WA-7K3M-9Q2P'
  const ATTEMPT = 'A'.repeat(22)

  test('is at an address of its own, with the support id and the way back, without any cookie', async () => {
    const address = `/wauth/problems/login_unavailable?lang=ru&id=${ID}&attempt=${ATTEMPT}`
    const { status, html } = await get(address)
    expect(status).toBe(200)
    expect(html).toContain('<html lang="ru">')
    expect(html).toContain('Вход в Acme недоступен')
    expect(html).toContain(ID)
    expect(html).toContain(`href="/wauth/attempts/${ATTEMPT}"`)
    expect(html).toContain(
      `href="/wauth/problems/login_unavailable?lang=es&amp;id=${ID}&amp;attempt=${ATTEMPT}"`,
    )
  })

  test('shows nothing of a link that could not be ours', async () => {
    const { html } = await get('/wauth/problems/other_module?lang=es&id=CALL-ME&attempt=https://else.example')
    expect(html).toContain('Este enlace es para otro servicio')
    expect(html).not.toMatch(/CALL-ME|else\.example|wauth\/attempts/)
    expect(html).toMatch(/WA-[0-9A-Z]{4}-[0-9A-Z]{4}/)
  })

  test.each(['nothing', 'constructor', '__proto__'])('that does not exist is not found: %s', async (word) => {
    expect((await get(`/wauth/problems/${word}`)).status).toBe(404)
  })

  test('comes from the page of the problem itself, which names no state', async () => {
    const page = await visit(`${(await startListener()).url}/wauth?state=secret-state`)
    const html = await page.text()
    expect(page.status).toBe(400)
    const link = /href="(\/wauth\/problems\/bad_state\?lang=ru[^"]*)"/.exec(html)?.[1] ?? ''
    expect(link).not.toContain('secret-state')
    expect((await get(link.replaceAll('&amp;', '&'))).html).toContain('Начните с маркетплейса Wazzup')
  })
})

describe('the address of a browser', () => {
  const headers = {
    'x-forwarded-for': '203.0.113.7',
    forwarded: 'for=203.0.113.7',
    'x-real-ip': '203.0.113.7',
  }

  test('is that of the connection, whatever headers say', async () => {
    const { url, arrived } = await startListener()
    await visit(`${url}/wauth?state=x`, headers)
    expect(arrived).toEqual(['127.0.0.1'])
  })

  test('is what a trusted proxy says, and nobody behind it', async () => {
    const { url, arrived } = await startListener({ trustProxy: ['127.0.0.1'] })
    await visit(`${url}/wauth?state=x`, { 'x-forwarded-for': '198.51.100.1, 203.0.113.7' })
    expect(arrived).toEqual(['203.0.113.7'])
  })

  test.each([
    ['203.0.113.88:51515', '203.0.113.88'],
    ['198.51.100.1:80, 203.0.113.88:51515', '203.0.113.88'],
    ['2001:db8::7', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['[2001:db8::7]:51515', '2001:db8::7'],
    ['"[2001:db8::7]:51515"', '2001:db8::7'],
    ['::ffff:203.0.113.88', '203.0.113.88'],
    ['203.0.113.88, 127.0.0.1:4444', '203.0.113.88'],
    ['198.51.100.1, unknown', '127.0.0.1'],
    ['198.51.100.1, _hidden, 127.0.0.1', '127.0.0.1'],
    ['203.0.113.88:port', '127.0.0.1'],
    ['203.0.113.888', '127.0.0.1'],
    ['', '127.0.0.1'],
  ])('is an address, or that of the peer, where a trusted proxy says %j', async (said, address) => {
    const { url, arrived } = await startListener({ trustProxy: ['127.0.0.1'] })
    await visit(`${url}/wauth?state=x`, { 'x-forwarded-for': said })
    expect(arrived).toEqual([address])
  })
})

test('a login that the vendor has set up wrongly is 502, as a page and as JSON', async () => {
  const attemptId = 'A'.repeat(22)
  const result: Result = {
    ...{ status: 'failed', reason: 'login_misconfigured', supportId: 'WA-7K3M-9Q2P' },
    ...{ crmAccountName: null, upload: null, retry: null, retryAfter: null },
  }
  const outcome: Outcome = { kind: 'result', attemptId, result, csrfToken: 'x', waitsForPerson: false }
  const { url } = await startListener({ outcome })
  const get = (accept: string) => fetch(`${url}/wauth/attempts/${attemptId}/result`, { headers: { accept } })
  const [page, json] = [await get('text/html'), await get('application/json')]
  expect([page.status, json.status]).toEqual([502, 502])
  expect(await page.text()).toContain('WA-7K3M-9Q2P')
  expect(await json.json()).toMatchObject({ status: 'failed', reason: 'login_misconfigured' })
})

describe('a message whose end two readers could see differently is refused', () => {
  const post = (...headers: string[]) => ['POST /wauth/callback HTTP/1.1', 'host: x', ...headers].join('\r\n')
  const smuggled = 'GET /wauth?state=smuggled HTTP/1.1\r\nhost: x\r\n\r\n'

  test.each([
    ['a length and chunks', post('content-length: 4', 'transfer-encoding: chunked')],
    ['two lengths', post('content-length: 0', `content-length: ${smuggled.length}`)],
    ['chunks that are not the last encoding', post('transfer-encoding: chunked, identity')],
    ['a length that is no number', post('content-length: +5')],
    ['a header folded over two lines', post('content-length:', ' 0')],
  ])('%s', async (_what, head) => {
    const { port, arrived } = await startListener()
    const answer = await answerTo(port, `${head}\r\n\r\n0\r\n\r\n${smuggled}`)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1)
    expect(arrived).toEqual([])
  })
})

test('on a host of a customer only that host is told to stay with https', async () => {
  const { port } = await startListener()
  const answer = await answerTo(
    port,
    'GET /?state=x HTTP/1.1\r\nhost: acme.tenant.example\r\nconnection: close\r\n\r\n',
  )
  expect(answer).toMatch(/^HTTP\/1\.1 303 /)
  expect(answer).toContain('strict-transport-security: max-age=63072000\r\n')
})
