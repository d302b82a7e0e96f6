import { expect, test } from 'vitest'
import { LEASE } from '../../src/keys/switch-off-later.ts'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import type { WazzupSimulator } from '../../src/sandbox/wazzup/start-wazzup.ts'
import { hours, minutes } from '../../src/shared/clock.ts'
import { handlerAtHand } from '../sandbox/wazzup/handler-at-hand.ts'
import { connectorAtHand, pressConfirm, walkToConfirm, type ConnectorOptions } from '../support/connector.ts'
import { ask, lookUp, TOKEN } from '../support/internal-at-hand.ts'
import { serviceAtHand, setUpAtHand } from '../support/set-up.ts'
import { uploadEnd } from '../support/uploads.ts'
import { onOneEngine } from '../support/on-one-engine.ts'
import { LONG } from '../support/long.ts'

const [W1, W2] = ['10000001', '10000002']
const [ON, OFF] = [Array<boolean>(4).fill(true), Array<boolean>(4).fill(false)]

type At = Parameters<typeof walkToConfirm>[0]

/** Up to the button. */
async function atConfirm(service: At, accountId: string, user: string) {
  const state = await service.sandbox.wazzup.mintState({ accountId })
  const { browser } = await walkToConfirm(service, { state, user, browser: createBrowser() })
  return browser
}

const switchesOf = (wazzup: WazzupSimulator, accountId: string) =>
  Object.values<boolean>({ ...wazzup.account(accountId).webhooks.subscriptions })

/** The service with a handler that takes everything; CRM accounts connect to Wazzup accounts of one's choice. */
async function atHand(options: ConnectorOptions = {}) {
  const handler = await handlerAtHand()
  const connector = await connectorAtHand({
    ...options,
    env: { INTERNAL_TOKEN: TOKEN, INTERNAL_PORT: '0', WEBHOOKS_URL: handler.url },
  })
  const { wazzup } = connector.sandbox
  const at = { url: connector.internalUrl }
  const switches = (accountId: string) => expect.poll(() => switchesOf(wazzup, accountId))
  /** Connects, and waits until its webhooks come. */
  const connect = async (accountId: string, user = 'acme-admin') => {
    await pressConfirm(await atConfirm(connector, accountId, user))
    await switches(accountId).toEqual(ON)
    // It reads the address back, too.
    await uploadEnd(connector, { account: user.replace('-admin', '') })
    const connection = wazzup.connections().at(-1)
    if (!connection) throw new Error('nothing was connected')
    return connection
  }
  const disconnect = async (account = 'acme') =>
    (await ask(at, `/v1/connections/${account}`, { method: 'DELETE' })).body
  return { connector, handler, wazzup, at, switches, connect, disconnect }
}

test(
  'who moves to another Wazzup account gets no more webhooks of the older one, shortly before its grace ends',
  onOneEngine,
  async () => {
    const { connector, wazzup, at, switches, connect } = await atHand()
    const { crmKey } = await connect(W1)
    await connect(W2)
    await connector.moveTime(hours(24) - minutes(15))
    expect(switchesOf(wazzup, W1)).toEqual(ON)
    await connector.moveTime(minutes(6))
    await switches(W1).toEqual(OFF)
    // Whatever comes meanwhile, its handler still knows.
    expect((await lookUp(at, crmKey)).body).toMatchObject({ keyStatus: 'previous', wazzupAccountId: W1 })
    expect(switchesOf(wazzup, W2)).toEqual(ON)
    expect(connector.log.events('keys.switched_off')).toMatchObject([
      { crmAccountId: 'acme', wazzupAccountId: W1, cause: 'moved' },
    ])
  },
)

test('a disconnect after a move to another Wazzup account ends the webhooks of both', LONG, async () => {
  const { switches, connect, disconnect } = await atHand()
  await connect(W1)
  await connect(W2)
  expect(await disconnect()).toEqual({ status: 'disconnected', subscriptions: 'off' })
  await switches(W2).toEqual(OFF)
  await switches(W1).toEqual(OFF)
})

test('a disconnect during a reconnect: the apiKey that comes later is used to end the webhooks', async () => {
  const { connector, wazzup, switches, connect, disconnect } = await atHand()
  await connect(W1)
  const browser = await atConfirm(connector, W1, 'acme-admin')
  wazzup.faults.push(fault.slow(3000))
  const pressed = pressConfirm(browser)
  await expect.poll(() => wazzup.connections().length).toBe(2)
  // Wazzup does not take the older key any more, and nobody has the newer one yet.
  expect(await disconnect()).toEqual({ status: 'disconnected', subscriptions: 'failed' })
  expect(switchesOf(wazzup, W1)).toEqual(ON)
  await pressed
  await switches(W1).toEqual(OFF)
})

test(
  'a disconnect leaves the webhooks alone of another CRM account with the same Wazzup account',
  onOneEngine,
  async () => {
    const { wazzup, switches, connect, disconnect } = await atHand({
      switches: { reconnect: 'old-key-stays' },
    })
    await connect(W1)
    await connect(W1, 'nordwind-admin')
    expect(await disconnect('acme')).toEqual({ status: 'disconnected', subscriptions: 'left_to_their_owner' })
    expect(switchesOf(wazzup, W1)).toEqual(ON)
    expect(await disconnect('nordwind')).toEqual({ status: 'disconnected', subscriptions: 'off' })
    await switches(W1).toEqual(OFF)
  },
)

test(
  'who connects while a disconnect ends the webhooks of that Wazzup account gets them all the same',
  LONG,
  async () => {
    const { connector, handler, wazzup, switches, connect, disconnect } = await atHand({
      switches: { reconnect: 'old-key-stays' },
    })
    await connect(W1)
    const before = handler.received.length
    const [isTried, mayEnd] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
    handler.answer = async () => {
      handler.answer = () => ({ status: 200 })
      isTried.resolve(undefined)
      await mayEnd.promise
      return { status: 200 }
    }
    const ending = disconnect('acme')
    await isTried.promise
    await pressConfirm(await atConfirm(connector, W1, 'nordwind-admin'))
    // Its own registration has been tried, and taken.
    await expect.poll(() => handler.received.length).toBe(before + 2)
    await expect
      .poll(async () => (await connector.store.uploads.find('nordwind'))?.steps.at(-1)?.status)
      .toBe('done')
    mayEnd.resolve(undefined)
    expect(await ending).toEqual({ status: 'disconnected', subscriptions: 'off' })
    expect(wazzup.account(W1).webhooks.uri).toBe(handler.url)
    await switches(W1).toEqual(ON)
  },
)

test('a Wazzup that is away at the disconnect is told when it is back', onOneEngine, async () => {
  const { connector, wazzup, switches, connect, disconnect } = await atHand()
  const { apiKey } = await connect(W1)
  wazzup.faultsOn('GET', '/v3/webhooks').push(fault.unavailable(), fault.unavailable())
  expect(await disconnect()).toEqual({ status: 'disconnected', subscriptions: 'failed' })
  expect(switchesOf(wazzup, W1)).toEqual(ON)
  await switches(W1).toEqual(OFF)
  expect(connector.log.events('keys.switch_off_failed')).toMatchObject(
    Array(2).fill({ crmAccountId: 'acme', wazzupAccountId: W1, cause: 'disconnected', status: 503 }),
  )
  expect(connector.log.text()).not.toContain(apiKey)
})

test('a process that dies right after the disconnect leaves it to the next start', async () => {
  const handler = await handlerAtHand()
  const setUp = await setUpAtHand({ env: { INTERNAL_TOKEN: TOKEN, WEBHOOKS_URL: handler.url } })
  const { env, sandbox, database } = setUp
  const service = await serviceAtHand({ ...env, KILL_AT: 'disconnect:committed' }, { preload: true })
  await pressConfirm(await atConfirm(setUp, W1, 'acme-admin'))
  await expect.poll(() => switchesOf(sandbox.wazzup, W1)).toEqual(ON)
  const asked = ask({ url: service.internalUrl }, '/v1/connections/acme', { method: 'DELETE' })
  await expect(asked).rejects.toThrow()
  expect(await service.ended).toMatchObject({ signal: 'SIGKILL' })
  expect(switchesOf(sandbox.wazzup, W1)).toEqual(ON)
  // Of several replicas another one takes over then; a process that has its file alone does not wait.
  await database.moveTime(LEASE)
  await serviceAtHand(env)
  await expect.poll(() => switchesOf(sandbox.wazzup, W1)).toEqual(OFF)
})
