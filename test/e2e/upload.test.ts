import { expect, onTestFinished, test } from 'vitest'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { seconds } from '../../src/shared/clock.ts'
import { startConnector, type ConnectorOptions, type TestConnector } from '../support/connector.ts'
import { onOneEngine } from '../support/on-one-engine.ts'
import { connectAccount, expectComplete, uploadEnd } from '../support/uploads.ts'

async function connectorAtHand(options: ConnectorOptions = {}) {
  const connector = await startConnector(options)
  onTestFinished(() => connector.stop())
  return connector
}

/** The end of an upload that meets faults: the pauses before its next tries pass ten times as fast. */
async function hurriedEnd(connector: TestConnector) {
  const hurrying = setInterval(() => {
    void connector.moveTime(900)
  }, 100)
  try {
    return await uploadEnd(connector)
  } finally {
    clearInterval(hurrying)
  }
}

test.each([0, 1, 100, 101, 1000])(
  'an account of %i contacts arrives whole, and so does the address',
  async (contacts) => {
    const connector = await connectorAtHand({ exports: { sizes: { acme: { contacts, deals: contacts } } } })
    const { wazzup, crm } = connector.sandbox
    // Deals of nobody cannot be: the demo CRM has none without contacts.
    if (contacts === 0) crm.exports.sizes = { acme: { contacts: 0, deals: 0 } }
    await connectAccount(connector)
    const upload = await uploadEnd(connector)
    expect(upload).toMatchObject({ status: 'done', reason: null })
    expect(upload.steps.map(({ kind, sent, total }) => [kind, sent, total])).toEqual([
      ['users', 12, 12],
      ['pipelines', 2, 2],
      ['contacts', contacts, contacts],
      ['deals', contacts, contacts],
      ['webhooks', 1, 1],
    ])
    const metrics = await fetch(`${connector.internalUrl}/metrics`).then((answer) => answer.text())
    expect(metrics).toContain(`wauth_upload_rows_total{kind="contacts",outcome="sent"} ${contacts}\n`)
    expect(metrics).toContain('wauth_upload_steps_total{kind="deals",status="done"} 1\n')
    await expectComplete(crm, wazzup.account())
    expect(wazzup.account().webhooks).toEqual({
      uri: crm.webhooksUrl,
      subscriptions: {
        ...{ messagesAndStatuses: true, contactsAndDealsCreation: true },
        ...{ channelsUpdates: true, templateStatus: true },
      },
    })
  },
)

test('429, 5xx, resets, lost answers and slow or broken pages delay it, and it still arrives whole', async () => {
  const exports = { pageSize: 150, sizes: { acme: { contacts: 350, deals: 120 } } }
  const connector = await connectorAtHand({ exports, overrides: { jitter: () => 0.99 } })
  const { wazzup, crm } = connector.sandbox
  crm.exports.faults.push(
    fault.slow(300),
    fault.unavailable(),
    fault.processThenReply(200, { body: '{"items":' }),
  )
  wazzup.faultsOn('POST', '/v3/users').push(fault.rateLimited(1), fault.unavailable(502))
  wazzup.faultsOn('POST', '/v3/contacts').push(fault.processThen('reset'), fault.drop('reset'))
  wazzup.faultsOn('PATCH', '/v3/webhooks').push(fault.processThen('cut'))
  await connectAccount(connector)
  expect(await hurriedEnd(connector)).toMatchObject({ status: 'done' })
  await expectComplete(crm, wazzup.account())
})

test('poisoned rows are rejected with kind, id and reason, and stop nothing', onOneEngine, async () => {
  const connector = await connectorAtHand({ exports: { sizes: { acme: { contacts: 250, deals: 10 } } } })
  const { wazzup, crm } = connector.sandbox
  const poisons: Record<number, unknown> = {
    0: null,
    1: { id: 'no-name', contactData: [] },
    120: { id: 'x'.repeat(65), name: 'Canary Person' },
    121: {
      id: 'bad-chat',
      responsibleUserId: 'u',
      name: 'Canary Person',
      contactData: [{ chatType: 'whatsapp', chatId: 'abc' }],
    },
  }
  crm.exports.alter = (row, { kind, index }) =>
    kind === 'contacts' && index in poisons ? poisons[index] : row
  await connectAccount(connector)
  const upload = await uploadEnd(connector)
  expect(upload.status).toBe('done_with_rejects')
  expect(upload.steps.find(({ kind }) => kind === 'contacts')).toMatchObject({
    read: 250,
    sent: 246,
    rejected: 4,
  })
  const rejects = await connector.store.uploads.rejects(upload.generationId, { after: 0, limit: 100 })
  expect(rejects.map(({ kind, rowId, position, reason }) => [kind, rowId, position, reason])).toEqual([
    ['contacts', null, 1, 'not_an_object'],
    ['contacts', 'no-name', 2, 'name_missing'],
    ['contacts', null, 121, 'id_not_usable'],
    ['contacts', 'bad-chat', 122, 'chats_not_usable'],
  ])
  expect(wazzup.account().contacts.size).toBe(246)
  expect(connector.log.text()).not.toContain('Canary')
})

test.each(['from-one', 'every-row'] as const)(
  'a row that Wazzup refuses, naming it %s, is told; all the others arrive',
  onOneEngine,
  async (invalidData) => {
    const connector = await connectorAtHand({
      ...{ switches: { invalidData }, exports: { sizes: { acme: { contacts: 120, deals: 120 } } } },
    })
    const { wazzup, crm } = connector.sandbox
    crm.exports.alter = (row, { kind, index }) =>
      kind === 'deals' && index === 7 ? { ...(row as object), uri: undefined } : row
    await connectAccount(connector)
    const upload = await uploadEnd(connector)
    const rejects = await connector.store.uploads.rejects(upload.generationId, { after: 0, limit: 100 })
    expect(rejects).toMatchObject([{ kind: 'deals', position: 8, reason: 'refused:uri' }])
    expect(wazzup.account().deals.size).toBe(119)
  },
)

test(
  'a row over which Wazzup breaks down is found and told; all the others arrive',
  onOneEngine,
  async () => {
    const bad = ['acme-contact-000008', 'acme-contact-000190']
    const connector = await connectorAtHand({
      ...{ switches: { breaksOver: bad }, exports: { sizes: { acme: { contacts: 250, deals: 10 } } } },
      overrides: { jitter: () => 0.99 },
    })
    await connectAccount(connector)
    const upload = await hurriedEnd(connector)
    expect(upload.status).toBe('done_with_rejects')
    const rejects = await connector.store.uploads.rejects(upload.generationId, { after: 0, limit: 100 })
    expect(rejects.map(({ rowId, reason }) => [rowId, reason])).toEqual(bad.map((id) => [id, 'refused:500']))
    const { contacts, deals } = connector.sandbox.wazzup.account()
    expect([contacts.size, deals.size]).toEqual([248, 10])
  },
)

test(
  'a route that is not open to the key, and an address that fails, are told; the rest arrives',
  onOneEngine,
  async () => {
    const switches = { closedRoutes: ['/v3/deals'] }
    const env = { WEBHOOKS_URL: NOBODY_THERE }
    const connector = await connectorAtHand({ switches, env, exports: { sizes: { acme: { contacts: 5 } } } })
    const browser = await connectAccount(connector)
    await waitOutRefusals(connector)
    expect(connector.sandbox.wazzup.account().contacts.size).toBe(5)
    const upload = await uploadEnd(connector)
    expect(upload.steps.map(({ kind, status, reason }) => [kind, status, reason])).toEqual([
      ['users', 'done', null],
      ['pipelines', 'done', null],
      ['contacts', 'done', null],
      ['deals', 'failed', 'not_open'],
      ['webhooks', 'failed', 'address_refused'],
    ])
    const connection = { status: 'connected', warning: 'address_refused' }
    expect(await connector.store.connections.find('acme')).toMatchObject(connection)
    const metrics = await fetch(`${connector.internalUrl}/metrics`).then((answer) => answer.text())
    expect(metrics).toContain('wauth_uploads{status="failed"} 1\n')
    expect(metrics).toContain('wauth_webhooks_unregistered{reason="address_refused"} 1\n')
    const { body } = await browser.fetch(browser.page.url)
    expect(body).toMatch(/Events from Wazzup<[^]*could not be finished/)
    expect(body).toContain('please tell the team of')
  },
)

test('cursors that go round fail their kind; the others and the address arrive', onOneEngine, async () => {
  const exports = { cursor: 'looping', pageSize: 100, sizes: { acme: { contacts: 350, deals: 20 } } } as const
  const connector = await connectorAtHand({ exports })
  await connectAccount(connector)
  const upload = await uploadEnd(connector)
  expect(upload).toMatchObject({ status: 'failed', reason: 'export_loops' })
  expect(upload.steps.map(({ kind, status }) => [kind, status])).toEqual([
    ['users', 'done'],
    ['pipelines', 'done'],
    ['contacts', 'failed'],
    ['deals', 'done'],
    ['webhooks', 'done'],
  ])
})

test(
  'without an export, an address that fails is told to the customer, and nothing else is promised',
  onOneEngine,
  async () => {
    const env = { WEBHOOKS_URL: NOBODY_THERE, CRM_EXPORT_URL: '', CRM_EXPORT_TOKEN: '' }
    const connector = await connectorAtHand({ env })
    const browser = await connectAccount(connector)
    await waitOutRefusals(connector)
    const { body } = await browser.fetch(browser.page.url)
    expect(body).toContain('Wazzup does not send its events to')
    expect(body).toContain('please tell the team of')
    expect(body).not.toMatch(/contacts/i)
  },
)

const NOBODY_THERE = 'http://127.0.0.1:9/hook'

/** Until the address has been refused often enough. Each call takes no time, so much of it may pass between two. */
const waitOutRefusals = (connector: TestConnector) =>
  expect
    .poll(
      async () => {
        await connector.moveTime(seconds(5))
        return (await connector.store.uploads.find('acme'))?.steps.find(({ kind }) => kind === 'webhooks')
          ?.reason
      },
      { interval: 300, timeout: 60_000 },
    )
    .toBe('address_refused')

test('a revoked key stops it within one batch', async () => {
  const connector = await connectorAtHand({ exports: { sizes: { acme: { contacts: 2000 } } } })
  const { wazzup } = connector.sandbox
  wazzup.faultsOn('POST', '/v3/contacts').push(fault.slow(1))
  await connectAccount(connector)
  await expect.poll(() => wazzup.account().contacts.size, { interval: 5 }).toBeGreaterThan(0)
  wazzup.revokeKey()
  expect(await uploadEnd(connector)).toMatchObject({ status: 'failed', reason: 'key_refused' })
  const refused = wazzup.requests.filter(({ answer, method }) => method === 'POST' && answer?.status === 401)
  expect(refused).toHaveLength(1)
  expect(await connector.store.connections.find('acme')).toMatchObject({ status: 'invalid' })
})

test('a key that is refused elsewhere first ends the upload; when it is good again, the rest arrives', async () => {
  const connector = await connectorAtHand({ exports: { sizes: { acme: { contacts: 350, deals: 5 } } } })
  const { wazzup, crm } = connector.sandbox
  wazzup.faultsOn('POST', '/v3/contacts').push(fault.slow(2000))
  await connectAccount(connector)
  const runs = async () => (await connector.store.uploads.find('acme'))?.steps[2]?.status
  await expect.poll(runs, { interval: 20 }).toBe('running')
  const { generationId = '' } = (await connector.store.uploads.find('acme')) ?? {}
  await connector.store.connections.noteHealth(generationId, 'invalid', new Date())
  expect(await uploadEnd(connector)).toMatchObject({ status: 'failed', reason: 'key_refused' })
  await connector.store.connections.noteHealth(generationId, 'valid', new Date())
  expect(await uploadEnd(connector)).toMatchObject({ status: 'done', reason: null })
  await expectComplete(crm, wazzup.account())
})
