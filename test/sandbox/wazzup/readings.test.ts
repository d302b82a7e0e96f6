import { expect, test } from 'vitest'
import { aContact, aDeal, aPipeline, connectedWazzup } from './connected.ts'
import { withHandler } from './handler-at-hand.ts'
import { connect, send, wazzupAtHand } from './wazzup-at-hand.ts'

test.each([
  ['in-200', { error: 'INVALID_DEALS_DATA', data: [{ index: 0 }] }],
  ['by-status-in-200', { status: 400, data: [{ index: 0 }] }],
  ['not-ok-in-200', { ok: false }],
] as const)('a refusal may stand in the body of a 200: %s', async (refusals, body) => {
  const { call } = await connectedWazzup({ switches: { refusals } })
  const answer = await call('POST', '/v3/deals', [aDeal('d', { contacts: [] })])
  expect([answer.status, answer.json()]).toMatchObject([200, body])
})

test('the good rows of a batch that is refused may stay', async () => {
  const { wazzup, call } = await connectedWazzup({ switches: { othersOfRefused: 'taken' } })
  const batch = [aContact('good'), aContact('bad', { contactData: [] })]
  expect((await call('POST', '/v3/contacts', batch)).status).toBe(400)
  expect([...wazzup.account().contacts.keys()]).toEqual(['good'])
})

test('a row with damaged text may break it, and few pipelines may fit into a request', async () => {
  const { call } = await connectedWazzup({ switches: { damagedText: 'breaks', pipelinesLimit: 1 } })
  for (const [name, status] of [
    ['A\u0000', 500],
    ['A\ud83d', 500],
    ['A😀', 200],
  ] as const)
    expect((await call('POST', '/v3/contacts', [aContact('c', { name })])).status).toBe(status)
  const pipelines = [aPipeline('p'), aPipeline('q')]
  expect((await call('POST', '/v3/pipelines', pipelines)).json()).toMatchObject({
    error: 'TOO_MANY_ENTITIES',
  })
})

test.each([
  ['refused-without-a-word', 400, ''],
  ['refused-in-200', 200, 'CRM_KEY_NOT_CHANGEABLE'],
  ['unprocessable', 422, 'CRM_KEY_NOT_CHANGEABLE'],
  ['forbidden', 403, 'CRM_KEY_NOT_CHANGEABLE'],
] as const)('the crmKey of a change may be %s', async (patchedCrmKey, status, word) => {
  const { wazzup, call } = await withHandler()
  wazzup.switches.patchedCrmKey = patchedCrmKey
  const answer = await call('PATCH', '/v3/webhooks', { crmKey: 'another' })
  expect(answer.status).toBe(status)
  expect(answer.text).toContain(word)
  expect((await call('PATCH', '/v3/webhooks', {})).status).toBe(200)
})

test.each([
  ['with-timestamp', { test: true, timestamp: 1 }],
  ['empty-object', {}],
] as const)('the test of an address may be %s', async (testBody, payload) => {
  const { wazzup, call, handler } = await withHandler()
  wazzup.switches.testBody = testBody
  await call('PATCH', '/v3/webhooks', {})
  expect(handler.received.at(-1)?.payload).toEqual(payload)
})

test('an address may be shown in another spelling', async () => {
  const { wazzup, call } = await withHandler()
  wazzup.switches.webhooksShown = 'spelled-otherwise'
  wazzup.account().webhooks.uri = 'https://crm.example/a-b?c=d.e'
  const shown = { webhooksUri: 'https://crm.example/a%2db?c=d%2ee' }
  expect((await call('GET', '/v3/webhooks')).json()).toMatchObject(shown)
})

test('every other webhook may come without a key', async () => {
  const { wazzup, handler } = await withHandler()
  wazzup.switches.deliveryHeader = 'every-other'
  for (let n = 0; n < 3; n++) await wazzup.deliver(wazzup.accountId, { messages: [] })
  expect(handler.received.map(({ authorization }) => authorization !== undefined)).toEqual([
    true,
    false,
    true,
  ])
})

test.each([
  ['empty-lists', []],
  ['no-lists', undefined],
] as const)('a new client may be announced without chats: %s', async (newClient, contactData) => {
  const { wazzup, call, handler } = await withHandler()
  wazzup.switches.newClient = newClient
  await call('POST', '/v3/pipelines', [aPipeline('p')])
  await call('POST', '/v3/users', [{ id: 'u', name: 'Ann' }])
  await wazzup.meetNewClient(wazzup.accountId, { chatType: 'whatsapp', chatId: '79011112233', name: 'Ben' })
  expect(handler.received.at(-1)?.payload).toMatchObject({ createContact: { name: 'Ben' } })
  const { createContact } = handler.received.at(-1)?.payload as { createContact: { contactData?: object[] } }
  expect(createContact.contactData).toEqual(contactData)
})

test('who does not say what they are may be refused', async () => {
  const { call } = await connectedWazzup({ switches: { nameless: 'forbidden' } })
  expect((await call('GET', '/v3/channels')).status).toBe(403)
  const { wazzup, apiKey } = await connectedWazzup({ switches: { nameless: 'forbidden' } })
  const headers = { authorization: `Bearer ${apiKey}`, 'user-agent': 'a program' }
  expect((await send(`${wazzup.url}/v3/channels`, { headers })).status).toBe(200)
})

test('it may break down over a state', async () => {
  const wazzup = await wazzupAtHand({ switches: { badState: 'breaks' } })
  expect((await connect(wazzup, { state: 'made-up' })).status).toBe(500)
})

test('the end of a window may be told as a date', async () => {
  const now = () => new Date('2026-01-02T03:04:05Z')
  const { call } = await connectedWazzup({ now, switches: { rateLimit: 0, rateRetryAfter: 'date' } })
  const { headers } = await call('GET', '/v3/channels')
  expect(headers['retry-after']).toBe('Fri, 02 Jan 2026 03:04:10 GMT')
})
