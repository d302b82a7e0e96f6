import { describe, expect, test } from 'vitest'
import { aPipeline, aUser, connectedWazzup } from './connected.ts'
import { withHandler, type Received } from './handler-at-hand.ts'

const messages = { messages: [{ messageId: 'm-1', text: 'Hello' }] }

describe('a webhook', () => {
  test('goes to the address with the crmKey and the content type of the documents', async () => {
    const { wazzup, handler } = await withHandler()
    handler.answer = () => ({ status: 200, body: 'taken' })
    expect(await wazzup.deliver(wazzup.accountId, messages)).toEqual({
      ...{ kind: 'answered', status: 200, text: 'taken', tries: 1 },
    })
    const { crmKey = '' } = wazzup.connections()[0] ?? {}
    expect(handler.received).toEqual([
      {
        authorization: `Bearer ${crmKey}`,
        contentType: 'application/json; charset-utf-8',
        ...{ url: '/hook?s=1', payload: messages },
      },
    ])
  })

  test('with another key, a wrong one, or none', async () => {
    const { wazzup, handler } = await withHandler()
    await wazzup.deliver(wazzup.accountId, messages, { crmKey: 'older' })
    for (const deliveryHeader of ['wrong-key', 'none'] as const) {
      wazzup.switches.deliveryHeader = deliveryHeader
      await wazzup.deliver(wazzup.accountId, messages)
    }
    const [older, wrong, none] = handler.received.map(({ authorization }) => authorization)
    expect(older).toBe('Bearer older')
    expect(wrong).toMatch(/^Bearer [\w-]{43}$/)
    expect(none).toBeUndefined()
  })

  test('is not sent without an address, a switch that is on, or a living key', async () => {
    const { wazzup, call } = await withHandler()
    const subscriptions = { contactsAndDealsCreation: true }
    await call('PATCH', '/v3/webhooks', { subscriptions })
    const why = async (accountId = wazzup.accountId) => wazzup.deliver(accountId, messages)
    expect(await why()).toEqual({ kind: 'not_sent', why: 'not_subscribed' })
    expect(await why('nobody')).toEqual({ kind: 'not_sent', why: 'no_connection' })
    wazzup.revokeKey()
    expect(await why()).toEqual({ kind: 'not_sent', why: 'key_dead' })
    const other = await connectedWazzup()
    expect(await other.wazzup.deliver(other.wazzup.accountId, messages)).toMatchObject({ why: 'no_address' })
  })

  test('is sent once, or with the switches copied, repeated, and stopped after failures', async () => {
    const { wazzup, handler } = await withHandler()
    handler.answer = () => ({ status: 500 })
    expect(await wazzup.deliver(wazzup.accountId, messages)).toMatchObject({ status: 500, tries: 1 })
    wazzup.switches.deliveryRetries = 2
    expect(await wazzup.deliver(wazzup.accountId, messages)).toMatchObject({ tries: 3 })
    handler.answer = () => ({ status: 200 })
    wazzup.switches.deliveryCopies = 2
    expect(await wazzup.deliver(wazzup.accountId, messages)).toMatchObject({ status: 200, tries: 2 })
    handler.answer = () => ({ status: 500 })
    wazzup.switches.disableAfter = 1
    await wazzup.deliver(wazzup.accountId, messages)
    expect(await wazzup.deliver(wazzup.accountId, messages)).toEqual({ kind: 'not_sent', why: 'disabled' })
  })

  test('is given up when nobody answers in time', async () => {
    const { wazzup, handler } = await withHandler()
    handler.answer = () => new Promise(() => undefined)
    wazzup.switches.patience = 500
    expect(await wazzup.deliver(wazzup.accountId, messages)).toEqual({
      kind: 'failed',
      code: 'ETIMEDOUT',
      tries: 1,
    })
  })
})

describe('a new client', () => {
  const client = { chatType: 'whatsapp', chatId: '79011112233', name: 'Ann' }
  const crm = ({ payload }: Received) => {
    const contact = payload['createContact'] as object | undefined
    const deal = payload['createDeal'] as object | undefined
    const entity = contact
      ? { ...contact, id: 'c-1', uri: 'https://crm.test/c-1' }
      : { ...deal, id: 'd-1', name: 'New', uri: 'https://crm.test/d-1', closed: false }
    return { status: 200, body: entity }
  }
  async function ready() {
    const all = await withHandler()
    all.handler.answer = crm
    await all.call('POST', '/v3/users', [aUser('u-1')])
    await all.call('POST', '/v3/pipelines', [aPipeline('p-1')])
    return all
  }

  test('becomes a contact, and then a deal of that contact; neither comes twice', async () => {
    const { wazzup, handler } = await ready()
    const end = await wazzup.meetNewClient(wazzup.accountId, client)
    expect(end).toMatchObject({
      kind: 'created',
      contact: { id: 'c-1' },
      deal: { id: 'd-1', contacts: ['c-1'] },
    })
    expect(handler.received.map(({ payload }) => payload)).toEqual([
      {
        createContact: {
          ...{ responsibleUserId: 'u-1', name: 'Ann', source: 'auto' },
          contactData: [{ chatType: 'whatsapp', chatId: '79011112233' }],
        },
      },
      { createDeal: { responsibleUserId: 'u-1', contacts: ['c-1'], source: 'auto' } },
    ])
    expect(await wazzup.meetNewClient(wazzup.accountId, client)).toEqual({
      kind: 'created',
      contact: null,
      deal: null,
    })
    expect(handler.received).toHaveLength(2)
  })

  test('is not asked for without pipelines with stages, or without employees', async () => {
    const { wazzup, call } = await withHandler()
    expect(await wazzup.meetNewClient(wazzup.accountId, client)).toMatchObject({ why: 'no_employee' })
    await call('POST', '/v3/users', [aUser('u-1')])
    await call('POST', '/v3/pipelines', [{ id: 'p', name: 'No stages' }])
    expect(await wazzup.meetNewClient(wazzup.accountId, client)).toMatchObject({ why: 'no_pipelines' })
  })

  test.each([
    ['an empty answer', { status: 200 }],
    ['a refusal', { status: 401, body: { id: 'c-1' } }],
    ['something else', { status: 200, body: { ok: true } }],
  ])('gets no deal after %s', async (_, answer) => {
    const { wazzup, handler } = await ready()
    handler.answer = () => answer
    expect(await wazzup.meetNewClient(wazzup.accountId, client)).toMatchObject({
      kind: 'no_entity',
      of: 'contact',
    })
    expect(handler.received).toHaveLength(1)
  })

  test('with the switches comes in a burst, and with the place of the deal', async () => {
    const { wazzup, handler } = await ready()
    Object.assign(wazzup.switches, { createContactBurst: 3, dealPipeline: 'told' })
    await wazzup.meetNewClient(wazzup.accountId, client)
    expect(handler.received).toHaveLength(4)
    expect(handler.received[3]?.payload).toMatchObject({
      createDeal: { pipelineId: 'p-1', stageId: 'p-1-1' },
    })
  })
})
