import { hash } from 'node:crypto'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { parse } from 'node-html-parser'
import { expect, onTestFinished, test } from 'vitest'
import { createPages } from '../../../src/http/public/pages/pages.ts'
import { createPublicServer } from '../../../src/http/public/server.ts'
import { PUBLIC_LIMITS } from '../../../src/http/public/limits.ts'
import { SECURITY_HEADERS } from '../../../src/http/public/security-headers.ts'
import { createLogger } from '../../../src/observability/logger.ts'
import { createMetrics } from '../../../src/observability/metrics.ts'
import { passOn } from '../../../src/observability/tracing/tracing.ts'
import { systemClock, systemMonotonic } from '../../../src/shared/clock.ts'
import { systemRandom } from '../../../src/shared/random.ts'
import { collectLog } from '../../support/log-lines.ts'

async function startListener() {
  const log = collectLog()
  const app = await createPublicServer({
    run: () => Promise.reject(new Error('no request comes so far')),
    pages: createPages({ crmName: 'Acme', hasLogo: () => true, doneUrl: null, wazzupUrl: null }),
    logo: () => null,
    log: createLogger('info', log.destination),
    ...{ random: systemRandom, clock: systemClock, monotonic: systemMonotonic },
    observe: { listener: 'public', meter: createMetrics().requests, tracing: passOn },
    checks: { isProof: () => false, sleep: async () => undefined },
    limits: { ...PUBLIC_LIMITS, arrivals: 0 },
    settings: { publicUrl: new URL('https://wauth.crm.example'), trustProxy: [], tenantHosts: [] },
  })
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  onTestFinished(() => app.close())
  return { port: Number(port), log }
}

/** What is answered to headers that come in these parts, each once the one before has been taken. */
async function answerTo(port: number, ...parts: string[]) {
  const socket = connect(port, '127.0.0.1').setNoDelay()
  const answer = text(socket)
  for (const part of parts) {
    await new Promise((sent) => socket.write(part, sent))
    await new Promise(setImmediate)
  }
  const [head = '', body = ''] = (await answer).split('\r\n\r\n')
  return { head, page: parse(body) }
}

const cookies = (more = '') => `cookie: ${more}crm=${'x'.repeat(20_000)}\r\n\r\n`
const request = (headers = '') => `GET /wauth?state=x HTTP/1.1\r\nhost: x\r\n${headers}`

test.each([
  ['de-DE,pt;q=0.8', 'pt-BR', 'Seu navegador envia cookies demais'],
  ['ru', 'ru', 'Браузер отправляет слишком много cookie'],
  ['ja', 'en', 'Your browser sends too many cookies'],
])(
  'too many cookies, accept-language %s: a page that says what helps, in %s',
  async (language, lang, title) => {
    const { port } = await startListener()
    const { head, page } = await answerTo(port, request(`accept-language: ${language}\r\n`) + cookies())
    expect(head).toMatch(/^HTTP\/1\.1 431 .*\r\n/)
    expect(page.querySelector('html')?.getAttribute('lang')).toBe(lang)
    expect(page.querySelectorAll('h1').map((heading) => heading.text)).toEqual([title])
    expect(page.querySelector('.next')?.text).toMatch(/cookie/i)
  },
)

test('the language that the person has switched to counts before that of the browser', async () => {
  const { port } = await startListener()
  const headers = `accept-language: ru\r\n${cookies('a=b; __Host-wauth-lang=es; ')}`
  const { page } = await answerTo(port, request() + headers)
  expect(page.querySelector('html')?.getAttribute('lang')).toBe('es')
})

test('a language that came before the headers grew too large is remembered', async () => {
  const { port } = await startListener()
  const { page } = await answerTo(
    port,
    `${request('Accept-Language: ru\r\n')}cookie: a=`,
    'x'.repeat(9000),
    'x'.repeat(9000),
  )
  expect(page.querySelector('html')?.getAttribute('lang')).toBe('ru')
})

test('without a language it is said in all of them', async () => {
  const { port } = await startListener()
  const { page } = await answerTo(port, request(cookies()))
  const said = page.querySelectorAll('section').map((section) => section.getAttribute('lang'))
  expect(said).toEqual(['en', 'ru', 'es', 'pt-BR'])
  expect(page.querySelectorAll('h1, h2').map((heading) => heading.text)).toHaveLength(4)
})

test('the page brings its style along and loads nothing, since whatever it loaded would be refused like it', async () => {
  const { port } = await startListener()
  const { head, page } = await answerTo(port, request(cookies()))
  expect(page.querySelectorAll('[src], link, script, a')).toEqual([])
  expect(page.querySelector('nav')).toBeNull()
  const style = page.querySelector('style')?.innerHTML ?? ''
  expect(style).toContain('.card')
  const policy = (SECURITY_HEADERS['content-security-policy'] ?? '').replace(
    "style-src 'self'",
    `style-src 'sha256-${hash('sha256', style, 'base64')}'`,
  )
  expect(head).toContain(`content-security-policy: ${policy}`)
  for (const [name, value] of Object.entries(SECURITY_HEADERS))
    if (name !== 'content-security-policy') expect(head).toContain(`${name}: ${value}`)
})

test('the support id of the page stands in the log', async () => {
  const { port, log } = await startListener()
  const { page } = await answerTo(port, request(cookies()))
  const supportId = page.querySelector('code')?.text
  expect(supportId).toMatch(/^WA-/)
  expect(log.events('http.refused')).toMatchObject([{ status: 431, supportId }])
})

test('other bytes that are no request are told in a line of text', async () => {
  const { port } = await startListener()
  const { head } = await answerTo(port, 'hello\r\n\r\n')
  expect(head).toMatch(/^HTTP\/1\.1 400 .*\r\n/)
  expect(head).toContain('content-type: text/plain')
})
