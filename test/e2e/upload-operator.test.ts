import { expect, onTestFinished, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { realEnvironment } from '../../src/compose/environment.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { hours } from '../../src/shared/clock.ts'
import { connectorAtHand, type ConnectorOptions } from '../support/connector.ts'
import { connectAccount, expectComplete, uploadEnd } from '../support/uploads.ts'
import { allOn, handlerAtHand } from '../sandbox/wazzup/handler-at-hand.ts'
import { send } from '../sandbox/wazzup/wazzup-at-hand.ts'
import { onOneEngine } from '../support/on-one-engine.ts'

const TOKEN = 'an-internal-token-for-tests-of-32-characters'
const sizes = { acme: { contacts: 120, deals: 20 }, nordwind: { contacts: 30, deals: 5 } }

async function atHand(options: ConnectorOptions = {}) {
  const env = { INTERNAL_TOKEN: TOKEN, ...options.env }
  const connector = await connectorAtHand({ exports: { sizes }, ...options, env })
  const call = (method: 'GET' | 'POST', body?: object, account = 'acme') =>
    send(`${connector.internalUrl}/v1/connections/${account}/upload`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, ...(body && { 'content-type': 'application/json' }) },
      body: body ? JSON.stringify(body) : null,
    })
  return { connector, call }
}

test('two replicas share the work: each row is sent once', async () => {
  const { connector } = await atHand()
  const other = await createApp(
    {
      ...connector.settings,
      listeners: {
        ...connector.settings.listeners,
        public: { ...connector.settings.listeners.public, port: 0 },
      },
    },
    createLogger('silent'),
    realEnvironment,
  )
  await other.start()
  onTestFinished(async () => {
    await other.stop()
  })
  await connectAccount(connector)
  await uploadEnd(connector)
  const { wazzup, crm } = connector.sandbox
  await expectComplete(crm, wazzup.account())
  const bodies = wazzup.requests.filter(({ method, path }) => method === 'POST' && path === '/v3/contacts')
  expect(bodies).toHaveLength(2)
})

test('by HTTP it is shown, and run again; a disconnected account has none', onOneEngine, async () => {
  const { connector, call } = await atHand()
  expect(await call('GET')).toMatchObject({ status: 404 })
  expect((await call('POST')).json()).toMatchObject({ status: 404, code: 'unknown_connection' })
  await connectAccount(connector)
  await uploadEnd(connector)
  const told = (await call('GET')).json() as { status: string; steps: object[] }
  expect(told).toMatchObject({ status: 'done', reason: null })
  expect(told.steps[2]).toEqual({
    ...{ kind: 'contacts', status: 'done', reason: null },
    ...{ read: 120, sent: 120, rejected: 0, total: 120, secondsLeft: null },
  })
  connector.sandbox.wazzup.account().contacts.clear()
  expect(await call('POST')).toMatchObject({ status: 202 })
  await uploadEnd(connector)
  expect(connector.sandbox.wazzup.account().contacts.size).toBe(120)
  const operator = { userId: 'o', userName: 'O', address: '-' }
  await connector.store.connections.disconnect('acme', operator, new Date())
  expect((await call('POST')).json()).toMatchObject({ status: 409, code: 'not_connected' })
})

test(
  'an address that another system has overwritten is told within a day, and taken back by hand',
  onOneEngine,
  async () => {
    const { connector, call } = await atHand({ overrides: { jitter: () => 0.99, longestIdle: 500 } })
    const { wazzup, crm } = connector.sandbox
    await connectAccount(connector)
    await uploadEnd(connector)
    const handler = await handlerAtHand()
    const apiKey = wazzup.connections()[0]?.apiKey ?? ''
    await send(`${wazzup.url}/v3/webhooks`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${apiKey}` },
      body: JSON.stringify({ webhooksUri: handler.url, subscriptions: allOn }),
    })
    await connector.moveTime(hours(25))
    const webhooksStep = async () => (await connector.store.uploads.find('acme'))?.steps[4]
    await expect.poll(webhooksStep).toMatchObject({ status: 'failed', reason: 'address_overwritten' })
    expect(await connector.store.connections.find('acme')).toMatchObject({ status: 'connected' })
    expect(await call('POST', { webhooksOnly: true })).toMatchObject({ status: 202 })
    await uploadEnd(connector)
    expect(wazzup.account().webhooks.uri).toBe(crm.webhooksUrl)
    expect(await webhooksStep()).toMatchObject({ status: 'done', reason: null })
  },
)

test('a new name that does not resolve yet is waited for', onOneEngine, async () => {
  const { connector } = await atHand({ switches: { dnsFailures: 2 } })
  await connectAccount(connector)
  expect(await uploadEnd(connector)).toMatchObject({ status: 'done' })
})

test('a large account does not keep a small one waiting', onOneEngine, async () => {
  const { connector } = await atHand({ exports: { sizes: { ...sizes, acme: { contacts: 3000 } } } })
  const { wazzup } = connector.sandbox
  wazzup.faultsOn('POST', '/v3/contacts').push(...Array.from({ length: 12 }, () => fault.slow(500)))
  await connectAccount(connector)
  await expect.poll(() => wazzup.account().contacts.size).toBeGreaterThan(0)
  const state = await wazzup.mintState({ accountId: '27182818' })
  const { walkToConfirm, pressConfirm } = await import('../support/connector.ts')
  const { browser } = await walkToConfirm(connector, { user: 'nordwind-admin', state })
  await pressConfirm(browser)
  await uploadEnd(connector, { account: 'nordwind' })
  expect((await connector.store.uploads.find('acme'))?.status).toBe('running')
  await expectComplete(connector.sandbox.crm, wazzup.account('27182818'), 'nordwind')
})
