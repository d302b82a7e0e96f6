import { createServer } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import fastify from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { drainable } from '../../../src/http/drain.ts'
import { SHORT_ROUTES } from '../../../src/http/internal/key-routes.ts'
import { bodyReadBefore, shortWay, type Terms } from '../../../src/http/internal/short-way.ts'
import type { ResolvedKey } from '../../../src/store/port.ts'
import { OPERATOR } from '../../contracts/store-lifecycle.ts'
import { claimed, connected } from '../../support/attempts.ts'
import { ask, internalAtHand, internalFor, lookUp, TOKEN } from '../../support/internal-at-hand.ts'

const at = internalFor('each')

const FOUND: ResolvedKey = {
  ...{
    connectionId: 'c',
    generationId: 'g',
    crmAccountId: 'acme',
    crmAccountName: 'Acme',
    wazzupAccountId: null,
  },
  ...{ generation: 1, keyStatus: 'current', apiKey: () => 'api-key-1' },
}

interface Sent {
  method?: string
  path?: string
  headers?: readonly string[]
  body?: string
  /** In how many writes it goes out. */
  pieces?: number
}

const BEARER = `Authorization: Bearer ${TOKEN}`
const JSON_TYPE = 'Content-Type: application/json'

/** Byte for byte, but for the moment in it. */
async function answerTo({ method = 'POST', path = '/v1/keys/lookup', headers, body = '', pieces = 1 }: Sent) {
  const { hostname, port } = new URL(at.url)
  const socket = connect(Number(port), hostname).setEncoding('utf8').setNoDelay()
  onTestFinished(() => {
    socket.destroy()
  })
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: x', ...(headers ?? [BEARER, JSON_TYPE])]
  const isSized = lines.some((line) => /^(content-length|transfer-encoding):/i.test(line))
  const length = isSized || method === 'GET' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  const text = [...lines, ...length, '', body].join('\r\n')
  for (let piece = 0; piece < pieces; piece++) {
    const size = Math.ceil(text.length / pieces)
    socket.write(text.slice(piece * size, (piece + 1) * size))
    if (pieces > 1) await pause(20)
  }
  let answer = ''
  socket.on('data', (chunk: string) => (answer += chunk))
  await expect.poll(() => isWhole(answer), { interval: 5 }).toBe(true)
  return answer.replace(/^date: .*$/im, 'Date: now')
}

function isWhole(answer: string): boolean {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  if (/^transfer-encoding: chunked/im.test(head)) return answer.endsWith('0\r\n\r\n')
  const length = /^content-length: (\d+)/im.exec(head)?.[1]
  return length !== undefined && Buffer.byteLength(body) >= Number(length)
}

const question = (crmKey: string) => ({ body: JSON.stringify({ crmKey }) })
const forwarded = (crmKey: string): Sent => ({
  ...{ method: 'GET', path: '/v1/keys/authenticate' },
  headers: [BEARER, `X-Crm-Authorization: Bearer ${crmKey}`],
})

/** The same request as one that Fastify answers: its address has a query, which no route of these reads. */
const theLongWay = (sent: Sent): Sent => ({ ...sent, path: `${sent.path ?? '/v1/keys/lookup'}?` })

/** One of each kind of key. */
async function keysOfAllKinds() {
  const previous = await connected(at.store, 'acmé/1', 'api-key-0')
  const current = await connected(at.store, 'acmé/1', 'api-key-1')
  const odd = await connected(at.store, 'odd', 'key with a space, and ключ')
  const pending = await claimed(at.store, 'later')
  const ended = await connected(at.store, 'gone', 'api-key-2')
  await at.store.connections.disconnect('gone', OPERATOR, new Date())
  const keys = { previous, current, odd, pending, ended, unknown: { crmKey: 'k'.repeat(43) } }
  return Object.entries(keys).map(([kind, { crmKey }]) => ({ kind, crmKey }))
}

describe('an answer to an ordinary request is that of Fastify to the byte', () => {
  test.each([
    ['a look-up', question],
    ['forward-auth', forwarded],
  ])('for %s of every kind of key', async (_what, sent) => {
    for (const { kind, crmKey } of await keysOfAllKinds()) {
      const answer = await answerTo(sent(crmKey))
      expect([kind, answer]).toEqual([kind, await answerTo(theLongWay(sent(crmKey)))])
    }
  })
})

test.each([
  ['a look-up', question],
  ['forward-auth', forwarded],
])('%s that was answered before says what has become of the key since', async (_what, sent) => {
  const { crmKey } = await connected(at.store, 'acme', 'api-key-0')
  const tell = async () => {
    const answers = [await answerTo(sent(crmKey)), await answerTo(sent(crmKey))]
    expect(answers[1]).toBe(answers[0])
    return answers[0]
  }
  expect(await tell()).toMatch(/"?key-?status"?: ?"?current/i)
  await connected(at.store, 'acme', 'api-key-1')
  expect(await tell()).toMatch(/"?key-?status"?: ?"?previous/i)
  await at.store.connections.disconnect('acme', OPERATOR, new Date())
  expect(await tell()).toMatch(/^HTTP\/1.1 40[14] /)
})

const LONG_KEY = 'k'.repeat(43)
const chunked = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`

/** Each is made of a key that is known. */
const ODD: readonly [string, (crmKey: string) => Sent][] = [
  ['spaces in its body', (crmKey) => ({ body: `\r\n { "crmKey" :\t"${crmKey}" } ` })],
  ['a letter written otherwise', (crmKey) => ({ body: `{"crm\\u004bey":"${crmKey}"}` })],
  ['another field', (crmKey) => ({ body: `{"crmKey":"${crmKey}","more":1}` })],
  ['the field twice', (crmKey) => ({ body: `{"crmKey":"${LONG_KEY}","crmKey":"${crmKey}"}` })],
  ['a prototype', (crmKey) => ({ body: `{"crmKey":"${crmKey}","__proto__":{}}` })],
  ['no JSON', () => ({ body: '{"crmKey":' })],
  ['no body', () => ({ body: '' })],
  ['a number for a key', () => ({ body: '{"crmKey":7}' })],
  ['letters of other scripts', () => ({ body: '{"crmKey":"ключ"}' })],
  ['a body in pieces', (crmKey) => ({ ...question(crmKey), pieces: 7 })],
  [
    'more than it says',
    (crmKey) => ({ ...question(crmKey), headers: [BEARER, JSON_TYPE, 'Content-Length: 9'] }),
  ],
  ['too large a body', () => ({ body: `{"crmKey":"${'k'.repeat(17_000)}"}` })],
  [
    'chunks',
    (crmKey) => ({
      body: chunked(JSON.stringify({ crmKey })),
      headers: [BEARER, JSON_TYPE, 'Transfer-Encoding: chunked'],
    }),
  ],
  ['another type', (crmKey) => ({ ...question(crmKey), headers: [BEARER, 'Content-Type: text/plain'] })],
  ['no type', (crmKey) => ({ ...question(crmKey), headers: [BEARER] })],
  [
    'a charset',
    (crmKey) => ({ ...question(crmKey), headers: [BEARER, 'Content-Type: application/json; charset=utf-8'] }),
  ],
  ['no token', (crmKey) => ({ ...question(crmKey), headers: [JSON_TYPE] })],
  ['a wrong token', (crmKey) => ({ ...question(crmKey), headers: [`${BEARER}x`, JSON_TYPE] })],
  ['two tokens', (crmKey) => ({ ...question(crmKey), headers: [BEARER, BEARER, JSON_TYPE] })],
  ['an expectation', (crmKey) => ({ ...question(crmKey), headers: [BEARER, JSON_TYPE, 'Expect: 200-ok'] })],
  [
    'a last request',
    (crmKey) => ({ ...question(crmKey), headers: [BEARER, JSON_TYPE, 'Connection: close'] }),
  ],
  [
    'a trace',
    (crmKey) => ({
      ...question(crmKey),
      headers: [BEARER, JSON_TYPE, `traceparent: 00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`],
    }),
  ],
  ['another method', (crmKey) => ({ ...question(crmKey), method: 'PUT' })],
  ['no crmKey to forward', () => ({ ...forwarded(''), headers: [BEARER] })],
  [
    'two crmKeys to forward',
    (crmKey) => ({
      ...forwarded(crmKey),
      headers: [...(forwarded(crmKey).headers ?? []), 'x-crm-authorization: Bearer a'],
    }),
  ],
  [
    'a body to forward',
    (crmKey) => ({
      ...forwarded(crmKey),
      headers: [...(forwarded(crmKey).headers ?? []), 'Content-Length: 2'],
      body: 'ab',
    }),
  ],
]

test.each(ODD)('a request with %s is answered as by Fastify', async (_what, sent) => {
  const { crmKey } = await connected(at.store, 'acme', 'api-key-1')
  expect(await answerTo(sent(crmKey))).toBe(await answerTo(theLongWay(sent(crmKey))))
})

test('whichever way it takes, a look-up is counted, and made once', async () => {
  const asked: string[] = []
  const at = await internalAtHand({
    lookup: async (crmKey) => {
      asked.push(crmKey)
      return crmKey === 'good' ? FOUND : null
    },
  })
  for (const crmKey of ['good', 'bad']) await lookUp(at, crmKey)
  await fetch(`${at.url}/v1/keys/lookup?`, {
    ...{ method: 'POST', body: '{"crmKey":"good"}' },
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
  })
  await ask(at, '/v1/keys/authenticate', { headers: { 'x-crm-authorization': 'Bearer bad' } })
  expect(asked).toEqual(['good', 'bad', 'good', 'bad'])
  const page = await (await fetch(`${at.url}/metrics`)).text()
  const counted = page.match(/^wauth_http_request_duration_seconds_count\{listener="internal",.*keys.*$/gm)
  const of = (method: string, route: string, status: number) =>
    `wauth_http_request_duration_seconds_count{listener="internal",method="${method}",route="/v1/keys/${route}",status="${status}"}`
  expect(counted?.toSorted()).toEqual([
    `${of('GET', 'authenticate', 401)} 1`,
    `${of('POST', 'lookup', 200)} 2`,
    `${of('POST', 'lookup', 404)} 1`,
  ])
})

describe('a look-up takes the short way', () => {
  /** A server whose long way says that it was taken. */
  async function serve(terms: Partial<Terms> = {}) {
    const short = shortWay()
    const app = fastify({ serverFactory: (long) => createServer(short.before(long)) })
    app.post('/v1/keys/lookup', { preParsing: bodyReadBefore }, async () => 'the long way')
    const drain = drainable(app)
    const meter = { answersOf: () => () => undefined }
    short.open(app, {
      ...{ routes: SHORT_ROUTES, lookup: async () => FOUND, hasToken: () => true, bodyLimit: 1024, meter },
      ...{ isUnderPressure: () => false, isTraced: () => false, ...terms },
    })
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    onTestFinished(() => app.close())
    const ask = async (body = '{"crmKey":"good"}') => {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${url}/v1/keys/lookup`, { method: 'POST', headers, body })
      return { text: await answer.text(), connection: answer.headers.get('connection') }
    }
    return { ask, drain }
  }
  const LONG_WAY = { text: 'the long way', connection: 'keep-alive' }

  test('where nothing speaks against it', async () => {
    const { ask } = await serve()
    expect(await ask()).toEqual({
      text: expect.stringContaining('api-key-1') as string,
      connection: 'keep-alive',
    })
  })

  test.each<[string, Partial<Terms>]>([
    ['from somebody without a token', { hasToken: () => false }],
    ['while there is too much to do', { isUnderPressure: () => true }],
    ['in a trace', { isTraced: () => true }],
    ['with more than may come', { bodyLimit: 16 }],
    ['of an unknown key', { lookup: async () => null }],
    ['while the store is away', { lookup: () => Promise.reject(new Error('away')) }],
  ])('and not %s', async (_what, terms) => {
    const { ask } = await serve(terms)
    expect(await ask()).toEqual(LONG_WAY)
  })

  test('and not on its way out, so that its client comes back elsewhere', async () => {
    const { ask, drain } = await serve()
    drain.announce()
    expect(await ask()).toEqual({ ...LONG_WAY, connection: 'close' })
  })

  test.each([
    ['', 'Acme'],
    [', to its last byte', 'x'.repeat(8_000_000)],
  ])('and is waited for by a server that stops%s', async (_how, crmAccountName) => {
    const answered = Promise.withResolvers<ResolvedKey>()
    const isAsked = Promise.withResolvers<undefined>()
    const { ask, drain } = await serve({
      lookup: () => {
        isAsked.resolve(undefined)
        return answered.promise
      },
    })
    const asked = ask()
    await isAsked.promise
    const closed = drain.close()
    answered.resolve({ ...FOUND, crmAccountName })
    expect(JSON.parse((await asked).text)).toMatchObject({ crmAccountName, apiKey: 'api-key-1' })
    await closed
  })
})
