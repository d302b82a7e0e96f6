import { beforeEach, expect, test, vi } from 'vitest'
import { hours, minutes, seconds } from '../../src/shared/clock.ts'
import { freePort } from '../support/free-port.ts'
import { connectorFor, pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { heldAnswersFor } from '../support/held-answers.ts'
import { ask, lookUp, TOKEN } from '../support/internal-at-hand.ts'
import { uploadEnd } from '../support/uploads.ts'
import { onOneEngine } from '../support/on-one-engine.ts'

const KEPT = { AUDIT_PERSONS_KEPT: '30d' }

const way = heldAnswersFor('each')

/** The whole service, with Wazzup beside it: what becomes of a connection after it was made. */
const connector = connectorFor('each', async () => {
  const internalPort = await freePort()
  const internal = { INTERNAL_TOKEN: TOKEN, INTERNAL_PORT: String(internalPort) }
  return {
    ...way.options,
    env: { ...way.options.env, ...internal, KEY_PROBE_INTERVAL: '1h', ...KEPT },
    overrides: { jitter: () => 0, longestIdle: seconds(1) },
    lookup: { lookupUrl: `http://127.0.0.1:${internalPort}/v1/keys/lookup`, lookupToken: TOKEN },
  }
})
let at: { url: string }
beforeEach(() => {
  at = { url: connector.internalUrl }
})

async function connect() {
  const { browser } = await walkToConfirm(connector)
  await pressConfirm(browser)
  const connection = connector.sandbox.wazzup.connections().at(-1)
  if (!connection) throw new Error('nothing was connected')
  return connection
}

const statusOf = async (account: string) => (await ask(at, `/v1/connections/${account}`)).body?.['status']

const webhooksAddress = async (apiKey: string, body?: object) =>
  fetch(`${connector.sandbox.wazzup.url}/v3/webhooks`, {
    method: body ? 'PATCH' : 'GET',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })

const ALL_ON = {
  ...{ messagesAndStatuses: true, contactsAndDealsCreation: true },
  ...{ channelsUpdates: true, templateStatus: true },
}

test('persons of a connection that has ended are kept for as long as the settings say', async () => {
  await connect()
  await ask(at, '/v1/connections/acme', { method: 'DELETE' })
  const names = async () => (await connector.store.audit.of('acme', 9)).map(({ userName }) => userName)
  expect(await names()).toContain('Anna Keller')
  await connector.moveTime(hours(24 * 31))
  await expect.poll(names).toEqual(['AUDIT_PERSONS_KEPT', 'internal API', ''])
  expect(await statusOf('acme')).toBe('disconnected')
})

test('the public listener has none of this, with the token or without', onOneEngine, async () => {
  for (const [method, path] of [
    ['POST', '/v1/keys/lookup'],
    ['GET', '/v1/keys/authenticate'],
    ['GET', '/v1/connections'],
    ['GET', '/v1/connections/acme'],
    ['GET', '/v1/connections/acme/api-key'],
    ['DELETE', '/v1/connections/acme'],
    ['GET', '/livez'],
    ['GET', '/readyz'],
    ['GET', '/metrics'],
    ['GET', '/openapi.json'],
  ] as const)
    for (const headers of [{}, { authorization: `Bearer ${TOKEN}` }]) {
      const { status } = await fetch(connector.url + path, { method, headers })
      expect([method, path, status]).toEqual([method, path, 404])
    }
})

test('a webhook is known by its crmKey, through a reconnect, and not after a disconnect', async () => {
  const { wazzup, crm } = connector.sandbox
  const first = await connect()
  const { accountId } = first
  await webhooksAddress(first.apiKey, { webhooksUri: crm.webhooksUrl, subscriptions: ALL_ON })
  const message = { messages: [{ messageId: 'm-1', chatType: 'whatsapp', chatId: '79011112233' }] }
  expect(await wazzup.deliver(accountId, message)).toMatchObject({ kind: 'answered', status: 200 })
  expect(crm.events()).toMatchObject([{ accountId: 'acme' }])

  const second = await connect()
  expect((await lookUp(at, first.crmKey)).body).toMatchObject({ keyStatus: 'previous', generation: 1 })
  expect((await lookUp(at, second.crmKey)).body).toMatchObject({
    ...{ keyStatus: 'current', generation: 2, apiKey: second.apiKey },
  })
  expect(await wazzup.deliver(accountId, message, { crmKey: first.crmKey })).toMatchObject({ status: 200 })
  await connector.moveTime(hours(25))
  expect(await wazzup.deliver(accountId, message, { crmKey: first.crmKey })).toMatchObject({ status: 401 })

  const ended = await ask(at, '/v1/connections/acme', { method: 'DELETE' })
  expect(ended).toMatchObject({ status: 200, body: { status: 'disconnected', subscriptions: 'off' } })
  expect((await lookUp(at, second.crmKey)).status).toBe(404)
  // Wazzup has been told: it would not even try to send.
  const settings = (await (await webhooksAddress(second.apiKey)).json()) as {
    subscriptions: Record<string, boolean>
  }
  expect(new Set(Object.values(settings.subscriptions))).toEqual(new Set([false]))
})

test('a disconnect leaves the address of another system alone', onOneEngine, async () => {
  const { apiKey } = await connect()
  const other = `${connector.sandbox.crm.webhooksUrl}?other=1`
  await webhooksAddress(apiKey, { webhooksUri: other, subscriptions: ALL_ON })
  const { body } = await ask(at, '/v1/connections/acme', { method: 'DELETE' })
  expect(body).toMatchObject({ subscriptions: 'left_to_their_owner' })
  expect(await (await webhooksAddress(apiKey)).json()).toMatchObject({ webhooksUri: other })
})

test('a key that Wazzup refuses is found, still resolves, and its recovery is found, too', async () => {
  const { wazzup } = connector.sandbox
  const { crmKey, apiKey, accountId } = await connect()
  // Otherwise it is the upload that meets the refusal.
  await uploadEnd(connector)
  wazzup.revokeKey(accountId)
  expect(await statusOf('acme')).toBe('connected')
  await connector.moveTime(hours(1))
  await vi.waitFor(
    async () => {
      expect(await statusOf('acme')).toBe('invalid')
    },
    { timeout: 120_000, interval: 500 },
  )
  expect((await lookUp(at, crmKey)).body).toMatchObject({ keyStatus: 'current', apiKey })
  wazzup.reviveKey(accountId)
  await connector.moveTime(hours(1))
  await vi.waitFor(
    async () => {
      expect(await statusOf('acme')).toBe('connected')
    },
    { timeout: 120_000, interval: 500 },
  )
  const actions = (await connector.store.audit.of('acme', 2)).map(({ action }) => action)
  expect(actions).toEqual(['connection.recovered', 'connection.invalid'])
  expect(connector.log.text()).not.toContain(apiKey)
})

test('a Wazzup that gives no answer says nothing about the key', onOneEngine, async () => {
  const { wazzup } = connector.sandbox
  const { accountId } = await connect()
  const probes = () => connector.log.events('keys.probe')
  await expect.poll(probes).toHaveLength(1)
  const unavailable = { name: 'down', processed: false, ending: { status: 503 } }
  wazzup.faultsOn('GET', '/v3/channels').push(unavailable)
  await connector.moveTime(hours(1))
  await vi.waitFor(
    () => {
      expect(probes()).toHaveLength(2)
    },
    { timeout: 120_000, interval: 500 },
  )
  expect(await statusOf('acme')).toBe('connected')
  // It is tried again sooner than after a good answer.
  wazzup.revokeKey(accountId)
  await connector.moveTime(minutes(31))
  await vi.waitFor(
    async () => {
      expect(await statusOf('acme')).toBe('invalid')
    },
    { timeout: 120_000, interval: 500 },
  )
})

test('a disconnect ends a first exchange under way: its key is refused, and it connects nothing', async () => {
  const { wazzup } = connector.sandbox
  const { browser } = await walkToConfirm(connector)
  const { breakOff } = way.hold()
  const address = browser.page.url
  const pressed = pressConfirm(browser)
  await expect.poll(() => wazzup.connections().length).toBe(1)
  const { crmKey } = wazzup.connections()[0] ?? {}
  expect((await lookUp(at, crmKey)).body).toMatchObject({ keyStatus: 'pending' })
  expect(await ask(at, '/v1/connections/acme', { method: 'DELETE' })).toMatchObject({
    ...{ status: 200, body: { status: 'disconnected', subscriptions: 'none' } },
  })
  expect((await lookUp(at, crmKey)).status).toBe(404)
  breakOff()
  await pressed
  await browser.get(address)
  expect(await resultOf(browser)).toMatchObject({ status: 'failed', reason: 'restart_needed' })
  expect((await ask(at, '/v1/connections/acme')).status).toBe(404)
  expect((await ask(at, '/v1/connections/acme', { method: 'DELETE' })).status).toBe(404)
})
