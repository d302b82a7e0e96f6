import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Finding } from '../../../src/cli/check/check.ts'
import { events } from '../../../src/cli/check/events.ts'
import { createContext } from '../../../src/cli/check/run-checks.ts'
import { newWebhookSecret } from '../../../src/config/fields/webhook-secret.ts'
import { TEST_EVENT } from '../../../src/http/internal/schemas/events.ts'
import { loadSettings } from '../../../src/settings.ts'
import { lonelyEnvironment } from '../../support/filled-database.ts'
import { freePort } from '../../support/free-port.ts'
import { startTlsProxy } from '../../support/tls-proxy.ts'

const SECRET = newWebhookSecret()

type Answer = (heard: { headers: IncomingHttpHeaders; raw: string }, response: ServerResponse) => void
type Heard = Parameters<Answer>[0]

let url: string
let answer: Answer
const heard: (Heard & { path: string })[] = []

const server = createServer((request, response) => {
  let raw = ''
  request.on('data', (chunk: Buffer) => (raw += chunk.toString('utf8')))
  request.on('end', () => {
    const { headers, url: path = '' } = request
    heard.push({ headers, raw, path })
    answer({ headers, raw }, response)
  })
})
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events?of=wauth`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => void heard.splice(0))

const verified = ({ headers, raw }: Heard, secret = SECRET) =>
  new Webhook(secret).verify(raw, headers as Record<string, string>)

/** As the documents say that a receiver does it. */
const asDocumented: Answer = (one, response) => {
  try {
    verified(one)
    response.writeHead(204).end()
  } catch {
    response.writeHead(401).end()
  }
}

const answers =
  (status: number): Answer =>
  (_, response) =>
    response.writeHead(status, { location: '/elsewhere' }).end()

/** There is no database at all: a test event needs none. */
async function check(how: Answer, changed: Record<string, string> = {}): Promise<Finding> {
  answer = how
  const env = {
    ...lonelyEnvironment('/nowhere'),
    ...{ EVENTS_URL: url, EVENTS_SECRET: SECRET, ...changed },
  }
  const source = { env, readFile: () => '' }
  const context = createContext({ settings: loadSettings(source), source, account: null, tenantHost: null })
  return (await events.run(context)) as Finding
}

test('a receiver that verifies gets one signed test.event, and passes', async () => {
  expect(await check(asDocumented)).toMatchObject({ status: 'pass' })
  const [one] = heard
  if (!one) throw new Error('nothing came')
  expect(heard).toHaveLength(1)
  expect(TEST_EVENT.parse(verified(one))).toEqual(JSON.parse(one.raw))
  expect(one.headers['content-type']).toBe('application/json')
  expect(one.path).toBe('/events?of=wauth')
})

test('during a change either secret is good', async () => {
  const EVENTS_SECRET = newWebhookSecret()
  const found = await check(asDocumented, { EVENTS_SECRET, EVENTS_SECRET_PREVIOUS: SECRET })
  expect(found).toMatchObject({ status: 'pass' })
})

test('without an address nothing is tried', async () => {
  expect(await check(asDocumented, { EVENTS_URL: '', EVENTS_SECRET: '' })).toMatchObject({ status: 'skip' })
  expect(heard).toHaveLength(0)
})

describe('what is wrong with a receiver is said, with what to do', () => {
  test.each<[string, Answer, Partial<Finding>, RegExp]>([
    ['another address', answers(301), { status: 'failure', code: 'events_refused' }, /redirect leads to/],
    ['no such path', answers(404), { status: 'failure', code: 'events_refused' }, /Compare EVENTS_URL/],
    ['never again', answers(410), { status: 'failure' }, /Answer 2xx/],
    ['an error of its own', answers(500), { status: 'failure', code: 'events_failed' }, /log/],
    ['too much to do', answers(503), { status: 'warning', code: 'events_busy' }, /run this check again/],
    [
      'a line that is cut',
      (_, response) => response.socket?.destroy(),
      { status: 'failure', code: 'events_out_of_reach' },
      /Start it/,
    ],
  ])('%s', async (_what, how, finding, next) => {
    expect(await check(how)).toMatchObject({ ...finding, next: expect.stringMatching(next) as string })
    // Not tried again, and no redirect followed.
    expect(heard).toHaveLength(1)
  })

  test('another secret', async () => {
    const EVENTS_SECRET = newWebhookSecret()
    const found = await check(asDocumented, { EVENTS_SECRET })
    expect(found).toMatchObject({ status: 'failure', says: expect.stringContaining('401') as string })
    expect(found.next).toContain('EVENTS_SECRET')
    expect(JSON.stringify(found)).not.toContain(EVENTS_SECRET)
  })

  test('nobody there', async () => {
    const found = await check(asDocumented, { EVENTS_URL: `http://127.0.0.1:${await freePort()}/events` })
    expect(found).toMatchObject({ status: 'failure', code: 'events_out_of_reach' })
    expect(found.says).toContain('nothing listens there')
  })

  test('a certificate that nobody knows', async () => {
    const proxy = await startTlsProxy(
      () => url,
      () => (headers) => headers,
    )
    onTestFinished(() => proxy.close())
    const found = await check(asDocumented, { EVENTS_URL: `${proxy.url}/events` })
    expect(found).toMatchObject({ status: 'failure', next: expect.stringContaining('CA_FILE') as string })
    expect(heard).toHaveLength(0)
  })

  test('an answer that never comes', { tags: ['long'] }, async () => {
    const found = await check(() => undefined)
    expect(found).toMatchObject({ status: 'failure', code: 'events_too_slow' })
    expect(found.says).toContain('15 s')
  })

  test('an answer that takes long', { tags: ['long'] }, async () => {
    const found = await check((_, response) => {
      setTimeout(() => response.writeHead(200).end(), 6000)
    })
    expect(found).toMatchObject({ status: 'warning', says: expect.stringContaining('6 s') as string })
  })
})
