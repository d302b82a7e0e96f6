import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { connected } from '../../support/attempts.ts'
import { ask, internalAtHand, lookUp, TOKEN } from '../../support/internal-at-hand.ts'

/** What comes back for a request line, byte for byte, until the connection ends. */
async function raw(url: string, ...lines: string[]) {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write([...lines, '', ''].join('\r\n'))
  return text(socket)
}

describe('every answer', () => {
  test.each([
    ['/livez', 200],
    ['/readyz', 200],
    ['/metrics', 200],
    ['/openapi.json', 200],
    ['/v1/connections', 200],
    ['/v1/connections/nobody', 404],
    ['/nowhere', 404],
    ['/v1/connections/%', 400],
    [`/v1/connections/${'a'.repeat(2001)}`, 414],
  ])('%s is for no cache, and for no browser to guess at', async (path, status) => {
    const at = await internalAtHand()
    const answer = await fetch(at.url + path, { headers: { authorization: `Bearer ${TOKEN}` } })
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([status, 'no-store'])
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('of an error is a problem with a code, also before any route is found', async () => {
    const at = await internalAtHand()
    for (const path of ['/v1/connections/%', `/v1/connections/secret-${'a'.repeat(2001)}`, '/%zz?secret']) {
      const { headers, body } = await ask(at, path)
      expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
      expect(body).toMatchObject({ code: 'bad_request' })
      expect(JSON.stringify(body)).not.toMatch(/secret|%|FST_/)
    }
  })

  test('to a path that cannot be read is one, and the connection ends with it', async () => {
    const at = await internalAtHand()
    const line = 'GET /v1/connections/% HTTP/1.1\r\nhost: x\r\n'
    const answer = await raw(at.url, line, 'GET /livez HTTP/1.1', 'host: x')
    expect(answer.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 400'])
  })

  const OTHER_TYPES = ['application/x-www-form-urlencoded', 'text/plain']
  test.each(OTHER_TYPES)('to a body of another type, %s, says what to send', async (type) => {
    const at = await internalAtHand()
    const { status, body } = await ask(at, '/v1/keys/lookup', {
      ...{ method: 'POST', body: '{"crmKey":"x"}', headers: { 'content-type': type } },
    })
    expect({ status, body }).toMatchObject({
      ...{ status: 415, body: { code: 'bad_request', detail: 'Send Content-Type: application/json.' } },
    })
  })
})

describe('tokens', () => {
  const [PREVIOUS, OF_HANDLERS] = ['the-token-before-this-one', 'the-token-of-handlers']
  const withToken = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

  test('of before are accepted too, while callers change over', async () => {
    const at = await internalAtHand({ tokens: [TOKEN, PREVIOUS] })
    for (const token of [TOKEN, PREVIOUS])
      expect((await ask(at, '/v1/connections', withToken(token))).status).toBe(200)
    expect((await ask(at, '/v1/connections', withToken('another'))).status).toBe(401)
  })

  test.each([{ tokens: [TOKEN] }, { tokens: [] }])(
    'of the look-up open the look-up and nothing else, beside $tokens',
    async ({ tokens }) => {
      const at = await internalAtHand({ tokens, lookupTokens: [OF_HANDLERS] })
      const { crmKey } = await connected(at.store, 'acme', 'api-key-1')
      const found = await lookUp(at, crmKey, OF_HANDLERS)
      expect(found).toMatchObject({ status: 200, body: { crmAccountId: 'acme' } })
      const forwarded = { ...withToken(OF_HANDLERS).headers, 'x-crm-authorization': `Bearer ${crmKey}` }
      const { status, headers } = await ask(at, '/v1/keys/authenticate', { headers: forwarded })
      expect([status, headers.get('x-crm-account-id')]).toEqual([200, 'acme'])
      const refused = tokens.length > 0 ? 401 : 404
      for (const path of ['/v1/connections', '/v1/connections/acme/api-key', '/v1/connections/acme/upload'])
        expect((await ask(at, path, withToken(OF_HANDLERS))).status).toBe(refused)
    },
  )
})
