import { describe, expect, test } from 'vitest'
import { connectedWazzup } from './connected.ts'
import { allOn, handlerAtHand, withHandler } from './handler-at-hand.ts'

const allOff = {
  messagesAndStatuses: false,
  contactsAndDealsCreation: false,
  channelsUpdates: false,
  wabaTemplatesStatus: false,
}
const told = {
  ...allOff,
  messagesAndStatuses: true,
  contactsAndDealsCreation: true,
  channelsUpdates: true,
  wabaTemplatesStatus: true,
}

test('before anything is set there is no address', async () => {
  const { call } = await connectedWazzup()
  expect((await call('GET', '/v3/webhooks')).json()).toEqual({ webhooksUri: null, subscriptions: allOff })
})

test('an address is tested, then taken with its switches and its query', async () => {
  const { wazzup, call } = await connectedWazzup()
  const handler = await handlerAtHand()
  const answer = await call('PATCH', '/v3/webhooks', { webhooksUri: handler.url, subscriptions: allOn })
  expect(answer).toMatchObject({ status: 200, text: '{"ok":true}' })
  expect(handler.received).toEqual([
    {
      url: '/hook?s=1',
      payload: { test: true },
      authorization: `Bearer ${wazzup.connections()[0]?.crmKey ?? ''}`,
      contentType: 'application/json; charset-utf-8',
    },
  ])
  expect((await call('GET', '/v3/webhooks')).json()).toEqual({
    webhooksUri: handler.url,
    subscriptions: told,
  })
})

describe('is refused', () => {
  test.each([
    ['no address', 'crm.test/hook'],
    ['too long', `https://crm.test/${'x'.repeat(200)}`],
    ['empty', ''],
  ])('%s', async (_, webhooksUri) => {
    const { call } = await connectedWazzup()
    const answer = await call('PATCH', '/v3/webhooks', { webhooksUri, subscriptions: allOn })
    expect(answer).toMatchObject({ status: 400 })
    expect(answer.json()).toMatchObject({ error: 'uriNotValid' })
  })

  test.each([[201], [204], [302], [401], [500]])('an address that answers %i', async (status) => {
    const { call } = await connectedWazzup()
    const handler = await handlerAtHand()
    handler.answer = () => ({ status, location: '/elsewhere' })
    const answer = await call('PATCH', '/v3/webhooks', { webhooksUri: handler.url, subscriptions: allOn })
    expect(answer.status).toBe(400)
    expect(answer.json()).toMatchObject({ error: 'testPostNotPassed', data: status })
    expect((await call('GET', '/v3/webhooks')).json()).toMatchObject({ webhooksUri: null })
  })

  test('an address that does not answer in time, or not at all', async () => {
    const { call } = await connectedWazzup({
      switches: { patience: 50, testRefusal: 'WEBHOOKS_REQUEST_ERROR' },
    })
    const handler = await handlerAtHand()
    handler.answer = () => new Promise(() => undefined)
    for (const webhooksUri of [handler.url, 'http://127.0.0.1:9/hook']) {
      const answer = await call('PATCH', '/v3/webhooks', { webhooksUri, subscriptions: allOn })
      expect(answer.json()).toMatchObject({ error: 'WEBHOOKS_REQUEST_ERROR' })
    }
  })

  test('a name that does not resolve, or not yet', async () => {
    const { call } = await connectedWazzup({ switches: { dnsFailures: 1 } })
    const handler = await handlerAtHand()
    const set = (webhooksUri: string) => call('PATCH', '/v3/webhooks', { webhooksUri, subscriptions: allOn })
    expect((await set(handler.url)).json()).toMatchObject({ description: 'getaddrinfo ENOTFOUND 127.0.0.1' })
    expect((await set(handler.url)).status).toBe(200)
    expect((await set('http://not-there.invalid/')).json()).toMatchObject({ error: 'WEBHOOKS_REQUEST_ERROR' })
  })
})

test('the switches of the answers and of the test', async () => {
  const { call } = await connectedWazzup({
    switches: {
      ...{ webhooksAnswer: 'text', subscriptionValues: 'strings', templateSwitch: 'templateStatus' },
      ...{ testHeader: 'none', deliveryType: 'proper' },
    },
  })
  const handler = await handlerAtHand()
  const { text } = await call('PATCH', '/v3/webhooks', { webhooksUri: handler.url, subscriptions: allOn })
  expect(text).toBe('{ ok }')
  expect(handler.received[0]).toMatchObject({
    authorization: undefined,
    contentType: 'application/json; charset=utf-8',
  })
  const { subscriptions } = (await call('GET', '/v3/webhooks')).json() as { subscriptions: object }
  expect(subscriptions).toMatchObject({ templateStatus: 'true', channelsUpdates: 'true' })
})

test.each([
  ['off', false],
  ['kept', true],
] as const)('switches that are left out are %s', async (omittedSubscriptions, kept) => {
  const { call } = await connectedWazzup({ switches: { omittedSubscriptions } })
  const handler = await handlerAtHand()
  await call('PATCH', '/v3/webhooks', { webhooksUri: handler.url, subscriptions: allOn })
  await call('PATCH', '/v3/webhooks', { subscriptions: { wabaTemplatesStatus: false } })
  expect((await call('GET', '/v3/webhooks')).json()).toEqual({
    webhooksUri: handler.url,
    subscriptions: {
      ...told,
      messagesAndStatuses: kept,
      contactsAndDealsCreation: kept,
      channelsUpdates: kept,
      wabaTemplatesStatus: false,
    },
  })
})

test.each([
  ['both', {}, true],
  ['wabaTemplatesStatus', { templateStatus: true }, false],
  ['wabaTemplatesStatus', { wabaTemplatesStatus: true }, true],
  ['templateStatus', { wabaTemplatesStatus: true }, false],
  ['templateStatus', { templateStatus: true, wabaTemplatesStatus: false }, true],
] as const)('of the switch for templates it knows the name %s: %o', async (templateNames, named, on) => {
  const { wazzup, call } = await connectedWazzup({ switches: { templateNames } })
  const handler = await handlerAtHand()
  const plain = { messagesAndStatuses: true, contactsAndDealsCreation: true, channelsUpdates: true }
  const given = { ...(templateNames === 'both' ? allOn : plain), ...named }
  const patch = () => call('PATCH', '/v3/webhooks', { webhooksUri: handler.url, subscriptions: given })
  expect((await patch()).status).toBe(200)
  expect(wazzup.account().webhooks.subscriptions.templateStatus).toBe(on)
  wazzup.switches.unknownSubscriptions = 'refused'
  const known = templateNames === 'both' || (on && Object.keys(named).length === 1)
  expect((await patch()).status).toBe(known ? 200 : 400)
})

test.each([
  ['no-subscriptions', 200, '{"webhooksUri":null}'],
  ['null-subscriptions', 200, '{"webhooksUri":null,"subscriptions":null}'],
  ['null', 200, 'null'],
  ['empty', 200, ''],
  ['no-json', 200, '{ ok }'],
  ['not-found', 404, '{"error":"NOT_FOUND","description":"There is no such route"}'],
  ['forbidden', 403, '{"error":"FORBIDDEN"}'],
] as const)('it shows of the address: %s', async (webhooksShown, status, text) => {
  const { call } = await connectedWazzup({ switches: { webhooksShown } })
  expect(await call('GET', '/v3/webhooks')).toMatchObject({ status, text })
})

describe('of a crmKey in a change', () => {
  const OTHER = 'another-crm-key-0123456789'

  test.each([
    ['ignored', 200, false],
    ['taken', 200, true],
    ['refused-as-unknown', 400, false],
    ['refused', 400, false],
  ] as const)('it is %s', async (patchedCrmKey, status, isNew) => {
    const { wazzup, call, handler } = await withHandler({ switches: { patchedCrmKey } })
    const before = wazzup.connections()[0]?.crmKey
    const patch = { webhooksUri: handler.url, subscriptions: allOn, crmKey: OTHER }
    expect((await call('PATCH', '/v3/webhooks', patch)).status).toBe(status)
    expect(wazzup.connections()[0]?.crmKey).toBe(isNew ? OTHER : before)
  })

  test('one that can be none is not taken', async () => {
    const { call, handler } = await withHandler({ switches: { patchedCrmKey: 'taken' } })
    const patch = { webhooksUri: handler.url, subscriptions: allOn, crmKey: 'no token' }
    expect((await call('PATCH', '/v3/webhooks', patch)).json()).toMatchObject({ error: 'INVALID_CRM_KEY' })
  })

  test('one that is left out is cleared: webhooks come without it', async () => {
    const { wazzup, handler } = await withHandler({ switches: { omittedCrmKey: 'cleared' } })
    await wazzup.deliver(wazzup.account().accountId, { messages: [] })
    expect(handler.received).toMatchObject([{ authorization: undefined }])
  })
})
