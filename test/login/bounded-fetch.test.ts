import { createServer, type RequestListener } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import {
  createBoundedFetch,
  isAllowed,
  peerFailure,
  type BoundedFetch,
} from '../../src/login/bounded-fetch.ts'
import type { Gate, Sign } from '../../src/upstream/gate.ts'
import { seconds } from '../../src/shared/clock.ts'
import { freePort } from '../support/free-port.ts'
import { onLoopback, type Listening } from '../support/oidc-issuer/on-loopback.ts'

let server: Listening | undefined
let bounded: BoundedFetch | undefined
afterEach(async () => {
  await bounded?.close()
  await server?.close()
  server = undefined
})

async function ask(listener: RequestListener, bounds: { deadline?: number; maxBytes?: number } = {}) {
  server = await onLoopback(createServer(listener))
  bounded = createBoundedFetch({ allowHttpLoopback: true, ...bounds })
  return bounded.fetch(server.url, { method: 'GET', headers: { accept: 'text/plain' } })
}

test('hands on status, headers and body', async () => {
  const response = await ask((_, answer) =>
    answer.writeHead(404, { 'content-type': 'text/plain' }).end('none'),
  )
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
    404,
    'text/plain',
    'none',
  ])
})

test('does not follow a redirect', async () => {
  let asked = 0
  const response = await ask((_, answer) => {
    asked += 1
    answer.writeHead(302, { location: '/next' }).end()
  })
  expect([response.status, asked]).toEqual([302, 1])
})

const failures: [string, RequestListener, string, number?][] = [
  ['that never comes', () => undefined, 'peer_too_slow', 300],
  [
    'that stops half-way',
    (_, answer) => void answer.writeHead(200, { 'content-length': 10 }).write('half'),
    'peer_too_slow',
    300,
  ],
  ['that is too large', (_, answer) => void answer.end('x'.repeat(2000)), 'peer_answer_too_large'],
  ['of a server in trouble', (_, answer) => void answer.writeHead(502).end('x'), 'peer_failed'],
  ['of a server that is asked too often', (_, answer) => void answer.writeHead(429).end(), 'peer_failed'],
  ['that is cut off', (request) => void request.socket.destroy(), 'peer_unreachable'],
]
test.each(failures)('fails on an answer %s', async (_, listener, code, deadline = seconds(15)) => {
  await expect(ask(listener, { deadline, maxBytes: 1000 })).rejects.toMatchObject({ code })
})

test('ends what is under way when it is closed', async () => {
  const { promise: arrival, resolve } = Promise.withResolvers<unknown>()
  const answer = ask(resolve)
  const failed = expect(answer).rejects.toMatchObject({ code: 'peer_unreachable' })
  await arrival
  await bounded?.close()
  await failed
})

describe('what an answer says of the peer', () => {
  const answers: [string, string, number | 'reset', Sign][] = [
    ['a document', 'GET', 200, 'up'],
    ['a document that is not there', 'GET', 404, 'up'],
    ['a document that it chokes on', 'GET', 500, 'silent'],
    ['a document that is not to be had', 'GET', 503, 'down'],
    ['a document over which the line breaks', 'GET', 'reset', 'down'],
    ['a code that it takes', 'POST', 200, 'up'],
    ['a code that it refuses, as a made-up one', 'POST', 400, 'silent'],
    ['a code that it refuses with 401', 'POST', 401, 'silent'],
    ['a code too many', 'POST', 429, 'silent'],
    ['a code that it chokes on', 'POST', 500, 'silent'],
    ['a code too many, as some proxies say', 'POST', 503, 'silent'],
    ['a code over which the line breaks', 'POST', 'reset', 'silent'],
  ]
  test.each(answers)('%s: %s %s is «%s»', async (_, method, ending, sign) => {
    server = await onLoopback(
      createServer((request, answer) => {
        if (ending === 'reset') request.socket.destroy()
        else answer.writeHead(ending).end()
      }),
    )
    expect(await signOf(method, server.url)).toEqual([sign])
  })

  test('none at all, as nobody listens: «down», whatever was asked', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    expect([await signOf('GET', url), await signOf('POST', url)]).toEqual([['down'], ['down']])
  })

  async function signOf(method: string, url: string) {
    const signs: Sign[] = []
    const done = (sign: Sign) => void signs.push(sign)
    const gate: Gate = {
      enter: async () => ({ kind: 'go', done }),
      health: () => ({ ok: true, detail: '' }),
    }
    bounded = createBoundedFetch({ allowHttpLoopback: true, gate })
    await bounded.fetch(url, { method, headers: {} }).catch(() => null)
    await bounded.close()
    return signs
  }
})

describe('an address', () => {
  test.each([
    ['https://crm.example/', false, true],
    ['http://127.0.0.1:80/', true, true],
    ['http://localhost/', true, true],
    ['http://127.0.0.1:80/', false, false],
    ['http://crm.example/', true, false],
    ['http://127.0.0.1.crm.example/', true, false],
    ['file:///etc/passwd', true, false],
    ['undefined', true, false],
  ])('%s, with http on loopback %s: allowed %s', (address, http, allowed) => {
    expect(isAllowed(address, http)).toBe(allowed)
  })

  test('that is not allowed is not asked', async () => {
    bounded = createBoundedFetch({ allowHttpLoopback: false })
    const asked = bounded.fetch('http://127.0.0.1:9/', { method: 'GET', headers: {} })
    await expect(asked).rejects.toMatchObject({ code: 'peer_address_not_allowed' })
  })
})

test('its failure is found behind the errors of libraries', async () => {
  const failure = await ask((_, answer) => void answer.writeHead(500).end()).catch((error: unknown) => error)
  const wrapped = new Error('outer', { cause: new TypeError('inner', { cause: failure }) })
  expect(peerFailure(wrapped)).toBe(failure)
  expect(peerFailure(new Error('other'))).toBeNull()
})
