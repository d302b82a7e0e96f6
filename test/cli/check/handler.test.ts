import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { folded, lineOf } from '../../../src/cli/check/words.ts'
import { connected } from '../../support/attempts.ts'
import { filledDatabase, type FilledDatabase } from '../../support/filled-database.ts'
import { handlerFaults } from '../../support/handler-faults.ts'
import { BY_PROXY } from '../../support/tinyproxy.ts'

interface Asked {
  test?: true
  createContact?: object
  createDeal?: { contacts: string[] }
}
type Answer = readonly [status: number, body?: object | string, type?: string]
type Answers = (body: Asked, headers: IncomingHttpHeaders) => Answer | null

let at: FilledDatabase
let url: string
let answers: Answers
let crmKey: string
const heard: IncomingHttpHeaders[] = []

const server = createServer((request, response) => {
  let text = ''
  request.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
  request.on('end', () => {
    heard.push(request.headers)
    const answer = answers(JSON.parse(text) as Asked, request.headers)
    if (!answer) return void request.socket.destroy()
    const [status, body = '', type = 'application/json'] = answer
    response.writeHead(status, { ...(type && { 'content-type': type }), location: '/elsewhere' })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
})

beforeAll(async () => {
  at = await filledDatabase(async (store) => {
    ;({ crmKey } = await connected(store, 'acme', 'the-api-key-of-acme'))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`
})
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await at.remove()
})
afterEach(() => void heard.splice(0))

const CONTACT = {
  ...{ id: 'c-1', responsibleUserId: 'u-1', name: 'wauth check' },
  contactData: [{ chatType: 'whatsapp', chatId: '447700900123' }],
}
const DEAL = { id: 'd-1', responsibleUserId: 'u-1', name: 'New deal', contacts: ['c-1'], closed: false }

/** As the documents say that a handler answers. */
const right: Answers = (body, { authorization }) => {
  if (body.test) return [200]
  if (authorization !== `Bearer ${crmKey}`) return [401]
  return [200, body.createContact ? CONTACT : body.createDeal ? DEAL : { ok: true }]
}

async function found(how: Answers, account: string | null = 'acme') {
  answers = how
  return handlerFaults(at.settings({ WEBHOOKS_URL: url }), account)
}

const codes = async (how: Answers) => (await found(how)).map(({ part, code }) => `${part}: ${code}`)

test('a handler as the documents show it passes; it is asked as Wazzup asks, and by who has no key', async () => {
  expect(await found(right)).toEqual([])
  expect(heard.map(({ authorization }) => authorization?.replace(crmKey, 'crmKey') ?? null)).toEqual([
    ...[null, expect.stringMatching(/^Bearer .{43}$/) as string, null],
    ...['Bearer crmKey', 'Bearer crmKey', 'Bearer crmKey'],
  ])
  expect(new Set(heard.map((headers) => headers['content-type']))).toEqual(
    new Set(['application/json; charset-utf-8']),
  )
})

test('it, and the export of the CRM, are asked by the way out; where that ends at the proxy, what to do there is said', async () => {
  const asked: (string | undefined)[] = []
  const proxy = createServer().on('connect', ({ url: target }, socket) => {
    asked.push(target)
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  proxy.listen(0, '127.0.0.1')
  onTestFinished(() => void proxy.close())
  await once(proxy, 'listening')
  const settings = at.settings({
    HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    WEBHOOKS_URL: `https://${BY_PROXY}:1/webhooks`,
    CRM_EXPORT_URL: `https://${BY_PROXY}:2/export`,
    CRM_EXPORT_TOKEN: 'the-export-token-0123456789',
  })
  const silent = { code: 'handler_silent', next: expect.stringContaining('name it in NO_PROXY') as string }
  expect(await handlerFaults(settings, 'acme')).toMatchObject([silent, silent, silent])
  expect([...new Set(asked)]).toEqual([`${BY_PROXY}:1`, `${BY_PROXY}:2`])
})

test('without an account for tests nothing is made in the CRM', async () => {
  expect(await found(right, null)).toMatchObject([
    { status: 'skip', says: expect.stringContaining('--account') as string },
  ])
  expect(heard.length).toBe(3)
  expect(await found(right, 'nobody')).toMatchObject([{ status: 'failure', code: 'handler_account' }])
})

describe('what is wrong has a code:', () => {
  const but =
    (change: Partial<Record<'test' | 'contact' | 'deal' | 'stranger', Answer | null>>): Answers =>
    (body, headers) => {
      const isStranger = !body.test && headers.authorization !== `Bearer ${crmKey}`
      const name = body.test ? 'test' : isStranger ? 'stranger' : body.createContact ? 'contact' : 'deal'
      return name in change ? (change[name] ?? null) : right(body, headers)
    }

  test.each<readonly [string, Answers, string[]]>([
    ['a trial that is refused', but({ test: [401] }), ['trial: handler_refuses']],
    ['a trial that is redirected', but({ test: [308] }), ['trial: handler_redirects']],
    ['a trial that is answered 204', but({ test: [204] }), ['trial: handler_status']],
    ['a key that nobody has is taken', but({ stranger: [200, { ok: true }] }), ['strangers: handler_open']],
    ['a key that nobody has breaks it', but({ stranger: [500] }), ['strangers: handler_unsure']],
    ['the right key is refused', but({ contact: [403] }), ['contact: handler_refuses']],
    ['no contact in the answer', but({ contact: [200, 'ok'] }), ['contact: handler_no_entity']],
    ['a list in place of the contact', but({ contact: [200, [CONTACT]] }), ['contact: handler_no_entity']],
    [
      'a contact without its chats, sent as a page',
      but({ contact: [200, { ...CONTACT, contactData: [] }, 'text/html'] }),
      ['contact: handler_entity_fields', 'contact: handler_content_type'],
    ],
    ['no content type', but({ deal: [200, DEAL, ''] }), ['deal: handler_content_type']],
    [
      'a deal whose id is a number',
      but({ deal: [200, { ...DEAL, id: 1 }] }),
      ['deal: handler_entity_fields'],
    ],
    [
      'a deal of somebody else',
      but({ deal: [200, { ...DEAL, contacts: ['c-2'] }] }),
      ['deal: handler_deal_contacts'],
    ],
    ['a deal that breaks it', but({ deal: null }), ['deal: handler_silent']],
  ])('%s', async (_, how, expected) => {
    expect(await codes(how)).toEqual(expected)
  })

  test('a client who is announced twice, and is made twice', async () => {
    let made = 0
    const how: Answers = (body, headers) =>
      body.createContact && headers.authorization === `Bearer ${crmKey}`
        ? [200, { ...CONTACT, id: `c-${++made}` }]
        : right(body, headers)
    expect(await codes(how)).toEqual(['contact: handler_contact_twice'])
  })
})

test('what is wrong everywhere is said once, with all that it is about', async () => {
  const lines = (await found(() => null)).map((part) => ({
    ...part,
    name: 'x',
    title: `Webhooks handler, ${part.part}`,
  }))
  expect(folded(lines).map(lineOf)).toEqual([
    expect.stringMatching(
      /^FAIL {2}Webhooks handler, trial, strangers, contact: your handler does not answer.*\(handler_silent\)/,
    ),
  ])
})
