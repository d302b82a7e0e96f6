import { expect, test } from 'vitest'
import { seconds } from '../../src/shared/clock.ts'
import { connectorAtHand, type TestConnector } from '../support/connector.ts'
import { onOneEngine } from '../support/on-one-engine.ts'
import { connectAccount, uploadEnd, hurriedEnd } from '../support/uploads.ts'
import { eachOfFirst, LONG } from '../support/long.ts'

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

eachOfFirst(1)(['from-one', 'every-row'] as const)(
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
  LONG,
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
