import { expect, onTestFinished, test } from 'vitest'
import { authenticateByLookup, type Authenticate } from '../../../src/sandbox/crm/handler/authenticate.ts'
import type { DemoCrm } from '../../../src/sandbox/crm/start-demo-crm.ts'
import { openServer } from '../../../src/sandbox/open-server.ts'
import { answeredWrongly, ODD_BODIES, ODD_BUT_WHOLE } from '../../support/odd-webhooks.ts'
import { send } from '../wazzup/wazzup-at-hand.ts'
import { crmAtHand } from './crm-at-hand.ts'

const byName: Authenticate = async (authorization) => {
  if (authorization === 'Bearer down') return { kind: 'unavailable' }
  const accountId = /^Bearer key-of-(.+)$/.exec(authorization ?? '')?.[1]
  return accountId === undefined ? { kind: 'unknown' } : { kind: 'known', accountId, keyStatus: 'current' }
}

const post = (crm: DemoCrm, payload: unknown, authorization?: string) =>
  send(crm.webhooksUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset-utf-8', ...(authorization && { authorization }) },
    body: typeof payload === 'string' ? payload : JSON.stringify(payload),
  })

test('the test of the address is answered 200 to anybody, and nothing follows', async () => {
  const { crm } = await crmAtHand()
  for (const trial of [{ test: true }, { test: true, timestamp: 1 }, {}, ''])
    expect((await post(crm, trial)).status).toBe(200)
  expect(crm.events()).toEqual([])
})

test('what is odd is answered 400 or with an entity', async () => {
  const { crm } = await crmAtHand({ authenticate: byName })
  const sent = async (body: string) => {
    const { status, json } = await post(crm, body, 'Bearer key-of-acme')
    return { status, json: json() as Record<string, unknown> }
  }
  expect(await answeredWrongly(ODD_BODIES, sent)).toEqual([])
  for (const body of ODD_BUT_WHOLE) expect((await sent(body)).status).toBe(200)
})

test('an event is kept for the customer whose key it carries', async () => {
  const now = new Date('2026-01-02T03:04:05Z')
  const { crm } = await crmAtHand({ authenticate: byName, now: () => now })
  const payload = { messages: [{ messageId: 'm-1' }] }
  expect((await post(crm, payload, 'Bearer key-of-acme')).status).toBe(200)
  expect(crm.events('acme')).toEqual([{ accountId: 'acme', at: now, payload }])
  expect(crm.events('nordwind')).toEqual([])
  expect((await send(`${crm.url}/events`)).text).toContain('messages')
})

test.each([
  ['an unknown key', 'Bearer other', 401],
  ['no key', undefined, 401],
  ['a key that nobody can look up now', 'Bearer down', 503],
])('with %s it is refused', async (_, authorization, status) => {
  const { crm } = await crmAtHand({ authenticate: byName })
  expect((await post(crm, { messages: [] }, authorization)).status).toBe(status)
  expect(crm.events()).toEqual([])
})

test('what is no JSON is refused', async () => {
  const { crm } = await crmAtHand({ authenticate: byName })
  expect((await post(crm, '{', 'Bearer key-of-acme')).status).toBe(400)
})

test('a new client is created once, and so is the deal', async () => {
  const { crm } = await crmAtHand({ authenticate: byName })
  const contactData = [{ chatType: 'whatsapp', chatId: '79011112233' }]
  const contact = { createContact: { responsibleUserId: 'u-1', name: 'Ann', source: 'auto', contactData } }
  const [first, second] = [
    await post(crm, contact, 'Bearer key-of-acme'),
    await post(crm, contact, 'Bearer key-of-acme'),
  ]
  expect(first.json()).toMatchObject({ id: 'acme-new-contact-1', name: 'Ann', contactData })
  expect(second.text).toBe(first.text)
  const other = await post(crm, contact, 'Bearer key-of-nordwind')
  expect(other.json()).toMatchObject({ id: 'nordwind-new-contact-2' })
  const deal = { createDeal: { responsibleUserId: 'u-1', contacts: ['acme-new-contact-1'], source: 'auto' } }
  const made = await post(crm, deal, 'Bearer key-of-acme')
  expect(made.json()).toMatchObject({ contacts: ['acme-new-contact-1'], closed: false })
  expect((await post(crm, deal, 'Bearer key-of-acme')).text).toBe(made.text)
})

test('the lookup of a connector says whose key it is', async () => {
  const { app, url } = await openServer()
  app.post<{ Body: { crmKey: string } }>('/v1/keys/lookup', ({ body, headers }, reply) => {
    if (headers.authorization !== 'Bearer internal') return reply.code(401).send()
    if (body.crmKey === 'down') return reply.code(503).send({ code: 'storage_unavailable' })
    if (body.crmKey !== 'good') return reply.code(404).send({ code: 'unknown_crm_key' })
    return reply.send({ connectionId: 'c', crmAccountId: 'acme', apiKey: 'secret', keyStatus: 'previous' })
  })
  await app.ready()
  onTestFinished(() => app.close())
  const lookupUrl = `${url}/v1/keys/lookup`
  const authenticate = authenticateByLookup({ lookupUrl, lookupToken: 'internal' })
  expect(await authenticate('Bearer good')).toEqual({
    kind: 'known',
    accountId: 'acme',
    keyStatus: 'previous',
  })
  expect(await authenticate('Bearer bad')).toEqual({ kind: 'unknown' })
  expect(await authenticate('Basic good')).toEqual({ kind: 'unknown' })
  expect(await authenticate(undefined)).toEqual({ kind: 'unknown' })
  expect(await authenticate('Bearer down')).toEqual({ kind: 'unavailable' })
  const withoutToken = authenticateByLookup({ lookupUrl, lookupToken: 'wrong' })
  expect(await withoutToken('Bearer good')).toEqual({ kind: 'unavailable' })
  const nobody = authenticateByLookup({ lookupUrl: 'http://127.0.0.1:9/', lookupToken: 'internal' })
  expect(await nobody('Bearer good')).toEqual({ kind: 'unavailable' })
})
