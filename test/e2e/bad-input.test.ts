import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { SECURITY_HEADERS } from '../../src/http/public/security-headers.ts'
import { connectorFor, pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { expectSecured } from '../support/expect-secured.ts'
import { visit } from '../support/visit.ts'

const connector = connectorFor('all')

const arrive = (path: string) => visit(connector.url + path)

const ask = (path: string, init: RequestInit = {}) =>
  fetch(connector.url + path, { redirect: 'manual', ...init })

/** What the server says to bytes that no HTTP client would send. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(connector.url).port), '127.0.0.1')
  socket.end(bytes)
  return text(socket)
}

describe('arriving', () => {
  test.each([
    ['without a state', '/wauth'],
    ['with an empty one', '/wauth?state='],
    ['with a doubled one', '/wauth?state=a&state=b'],
    ['with an over-long one', `/wauth?state=${'a'.repeat(4097)}`],
    ['with a binary one', '/wauth?state=%00%ff'],
    ["with another module's", `/wauth?state=a.${Buffer.from('{"crmCode":"other"}').toString('base64url')}.b`],
  ])('%s: a 400 page that says where to start', async (_what, path) => {
    const answer = await arrive(path)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('set-cookie')).toBeNull()
    expect(await answer.text()).toContain('Wazzup')
    expectSecured(answer.headers)
  })

  test('nothing of the query comes back in the page', async () => {
    const page = await (
      await arrive('/wauth?state=%3Cscript%3E&state=x&lang=%22%3E%3Cimg%20src%3Dx%3E')
    ).text()
    expect(page).not.toContain('<img src=x')
    expect(page).not.toMatch(/<script>/)
  })

  test('an opaque state that is no JWT is as good as any', async () => {
    const answer = await arrive('/wauth?state=opaque+value%2Fwith~signs')
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toMatch(/^\/wauth\/attempts\/[\w-]{22}$/)
    expect(answer.headers.get('set-cookie')).toMatch(
      /^wauth-[\w-]{22}=[\w-]{43}; Max-Age=86400; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    expectSecured(answer.headers)
  })
})

describe('an attempt that is not this browser’s', () => {
  test('looks the same as one that never was, on every route', async () => {
    const { browser } = await walkToConfirm(connector)
    const theirs = /attempts\/([\w-]+)/.exec(browser.page.url)?.[1] ?? ''
    const never = 'A'.repeat(22)
    const seen = async (method: string, path: string) => {
      const answer = await ask(path, { method, ...(method === 'POST' && { body: new URLSearchParams() }) })
      return { status: answer.status, page: (await answer.text()).replace(/WA-[\w-]+/g, 'WA') }
    }
    for (const [method, rest] of [
      ['GET', ''],
      ['GET', '/confirm'],
      ['GET', '/result'],
      ['POST', '/confirm'],
      ['POST', '/cancel'],
    ] as const) {
      const foreign = await seen(method, `/wauth/attempts/${theirs}${rest}`)
      expect(foreign.status).toBe(404)
      expect(foreign).toEqual(await seen(method, `/wauth/attempts/${never}${rest}`))
    }
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
  })

  test.each(['/wauth/attempts/x', '/wauth/attempts/..%2f..%2fetc', `/wauth/attempts/${'a'.repeat(90)}`])(
    '%s is not found',
    async (path) => {
      expect((await ask(path)).status).toBe(404)
    },
  )
})

describe('what is no request of ours', () => {
  test.each([
    ['POST', '/wauth', 'GET'],
    ['HEAD', '/wauth/callback', 'GET, POST'],
    ['PUT', '/wauth/attempts/x/confirm', 'GET, POST'],
    ['GET', '/wauth/attempts/x/cancel', 'POST'],
    ['DELETE', '/wauth/attempts/x/result', 'GET'],
    ['POST', '/wauth/assets/style.css', 'GET'],
  ])('%s %s: 405 with Allow: %s', async (method, path, allow) => {
    const answer = await ask(path, { method })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe(allow)
    expectSecured(answer.headers)
  })

  test.each([
    ['/', 404],
    ['/nothing?state=secret-state', 404],
    ['/%E0%A4%A', 400],
    ['/%E0%A4%A?state=secret-state', 400],
    ['/v1/keys/lookup', 404],
    ['/readyz', 404],
    ['/metrics', 404],
  ])('GET %s is not ours: %i', async (path, status) => {
    const answer = await ask(path)
    expect(answer.status).toBe(status)
    expectSecured(answer.headers)
    expect(await answer.text()).not.toContain('secret-state')
  })

  test('over-long headers: 431, secured as well', async () => {
    const answer = await raw(`GET /wauth HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(20_000)}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1.1 431 /)
    // Its page has its style in itself, known by a hash: see `raw-answer.test.ts`.
    const style = "style-src 'self'"
    for (const [name, value] of Object.entries(SECURITY_HEADERS))
      for (const part of value.split(style)) expect(answer).toContain(part.trim() || name)
  })

  test.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['two lengths', 'POST /wauth HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    [
      'length and chunks',
      'POST /wauth HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('%s: 400', async (_what, bytes) => {
    expect(await raw(bytes)).toMatch(/^HTTP\/1.1 400 /)
  })

  const tag = `${'A'.repeat(22)}.${'x'.repeat(43)}`

  test.each([
    ['/wauth/callback', 400],
    ['/wauth/callback?state=x&code=y', 400],
    ['/wauth/callback?token=a.b.c', 400],
    ['/wauth/callback?parked=x', 400],
    [`/wauth/callback?state=${tag}&state=${tag}&code=y`, 400],
    // Well-formed, of an attempt that never was: not found, like anybody else's.
    [`/wauth/callback?state=${tag}&code=y`, 404],
  ])('a callback out of nowhere: GET %s: %i', async (path, status) => {
    const answer = await ask(path)
    expect(answer.status).toBe(status)
    expectSecured(answer.headers)
  })

  test('a posted answer of nobody is not kept', async () => {
    const body = new URLSearchParams({ state: tag, code: 'y' })
    expect((await ask('/wauth/callback', { method: 'POST', body })).status).toBe(400)
  })
})
