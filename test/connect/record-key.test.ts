import Database from 'better-sqlite3'
import { describe, expect, inject, test } from 'vitest'
import type { Browser } from '../../src/sandbox/browser/create-browser.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { LEASE } from '../../src/connect/lease.ts'
import { seconds } from '../../src/shared/clock.ts'
import { openClient } from '../../src/store/postgres/open.ts'
import { connectorFor, pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { LONG } from '../support/long.ts'
import { onOneEngine } from '../support/on-one-engine.ts'
import { REFUSE_KEYS } from '../support/refuse-keys.ts'

const connector = connectorFor('each')

const connect = async (user = 'acme-admin') => {
  const { browser } = await walkToConfirm(connector, { user })
  await pressConfirm(browser)
  return connector.sandbox.wazzup.connections().at(-1)
}

const becomes = (browser: Browser, status: string) =>
  expect.poll(async () => (await resultOf(browser)).status).toBe(status)

const happened = (event: string) => expect.poll(() => connector.log.events(event).length).toBeGreaterThan(0)

/** The simulator's newest apiKey belongs to the newest crmKey, and the look-up says so. */
async function holdsTheNewestKey() {
  const { wazzup } = connector.sandbox
  const made = wazzup.connections().at(-1)
  const key = await connector.keyOf(wazzup.connects().at(-1)?.crmKey ?? '')
  expect(key).toMatchObject({ keyStatus: 'current', apiKey: made?.apiKey })
}

describe.each([
  { by: 31, tags: [] },
  { by: -31, ...LONG },
  { by: 3600, ...LONG },
])('a clock that is set by $by s while Wazzup answers', ({ by, tags }) => {
  /** Nobody takes the exchange away from its sender, so that Wazzup is asked once. */
  async function pressWhileTheClockIsSet() {
    const { wazzup } = connector.sandbox
    const { browser, state } = await walkToConfirm(connector)
    wazzup.faults.push(fault.slow(seconds(2)))
    const calls = () => wazzup.connects().filter((call) => call.state === state)
    const page = pressConfirm(browser)
    await expect.poll(calls).toHaveLength(1)
    connector.setClock(seconds(by))
    await page
    expect(calls()).toHaveLength(1)
    expect(connector.log.events('connect.recover')).toEqual([])
    return browser
  }

  test('does not lose the first key of a customer', { tags }, async () => {
    const browser = await pressWhileTheClockIsSet()
    expect(await resultOf(browser)).toMatchObject({ httpStatus: 200, status: 'connected' })
    await holdsTheNewestKey()
  })

  test('does not lose the key of a reconnect', { tags }, async () => {
    const before = await connect()
    const browser = await pressWhileTheClockIsSet()
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
    await holdsTheNewestKey()
    expect(await connector.keyOf(before?.crmKey ?? '')).toMatchObject({ keyStatus: 'previous' })
  })
})

test(
  'an answer that comes after the lease was lost, and after another sender was refused, is kept',
  onOneEngine,
  async () => {
    const { wazzup } = connector.sandbox
    const { browser, state } = await walkToConfirm(connector)
    wazzup.faults.push(fault.slow(seconds(4)))
    const calls = () => wazzup.connects().filter((call) => call.state === state)
    const page = pressConfirm(browser)
    await expect.poll(calls).toHaveLength(1)
    await connector.moveTime(LEASE)
    await happened('connect.recover')
    expect(connector.log.events('connect.recover')).toMatchObject([{ exchange: 'restart_needed' }])
    await page
    expect(await resultOf(browser)).toMatchObject({ httpStatus: 200, status: 'connected' })
    expect(calls()).toHaveLength(2)
    await holdsTheNewestKey()
  },
)

describe('a database that cannot take the key', () => {
  const [refuse, takeAgain] = REFUSE_KEYS[inject('engine')]

  test('is asked until it can: the page says that it goes on, then connected, and Wazzup is asked once', async () => {
    const { browser } = await walkToConfirm(connector)
    await connector.order(refuse)
    await pressConfirm(browser)
    await happened('connect.record_waits')
    expect(await resultOf(browser)).toMatchObject({ httpStatus: 202, status: 'pending' })
    await connector.order(takeAgain)
    await becomes(browser, 'connected')
    await holdsTheNewestKey()
    expect(connector.sandbox.wazzup.connects()).toHaveLength(1)
    expect(connector.log.events('connect.recorded')).toMatchObject([{ exchange: 'connected' }])
  })

  test('is waited for by a stop, for as long as a stop may take', onOneEngine, async () => {
    const { browser } = await walkToConfirm(connector)
    await connector.order(refuse)
    await pressConfirm(browser)
    await happened('connect.record_waits')
    const stopping = connector.app.stop()
    await connector.order(takeAgain)
    expect(await stopping).toBe(true)
    await holdsTheNewestKey()
  })
})

/** What keeps every write waiting, as a disk that hangs or a session of an operator would. */
async function holdWrites() {
  if (inject('engine') === 'sqlite') {
    const db = new Database(connector.settings.database.place.reveal())
    db.exec('BEGIN IMMEDIATE')
    return async () => void db.close()
  }
  const session = openClient(connector.settings.database.place.reveal())
  await session.connect()
  await session.query('BEGIN; LOCK TABLE generations IN ACCESS EXCLUSIVE MODE')
  return () => session.end()
}

test(
  'a database that keeps the key waiting does not keep the person waiting: the page says that it goes on',
  LONG,
  async () => {
    const { wazzup } = connector.sandbox
    const { browser } = await walkToConfirm(connector)
    wazzup.faults.push(fault.slow(seconds(1)))
    const called = wazzup.nextConnect()
    const pressed = pressConfirm(browser)
    await called
    const letGo = await holdWrites()
    await happened('connect.record_waits')
    const [confirm] = await Promise.all([
      pressed.then(() => connector.log.events('connect.confirm')),
      letGo(),
    ])
    const { took } = confirm.at(-1) as unknown as { took: { callWazzup: number } }
    // One second at Wazzup, five for the tries.
    expect(took.callWazzup).toBeLessThan(seconds(8))
    await becomes(browser, 'connected')
    await holdsTheNewestKey()
  },
)

test('a stop also waits for the key of a person whose browser has gone', LONG, async () => {
  const [refuse, takeAgain] = REFUSE_KEYS[inject('engine')]
  const { browser } = await walkToConfirm(connector)
  const form = browser.page.form('/confirm')
  await connector.order(refuse)
  const leaving = new AbortController()
  const pressed = fetch(form?.action ?? '', {
    method: 'POST',
    body: new URLSearchParams({ ...form?.fields, aware: 'on' }),
    headers: { cookie: await browser.jar.getCookieString(connector.url), origin: connector.url },
    signal: leaving.signal,
  }).catch(() => null)
  await expect.poll(() => connector.sandbox.wazzup.connections()).toHaveLength(1)
  leaving.abort()
  await pressed
  const stopping = connector.app.stop()
  await happened('connect.record_waits')
  await connector.order(takeAgain)
  expect(await stopping).toBe(true)
  await holdsTheNewestKey()
})

test('a key that is taken from an older generation of somebody else leaves their connection alone, and is told', async () => {
  const { wazzup } = connector.sandbox
  const first = await connect()
  const second = await connect()
  wazzup.faults.push(fault.processThenReply(200, { body: { data: first?.apiKey } }))
  await connect('nordwind-admin')
  expect(await connector.keyOf(second?.crmKey ?? '')).toMatchObject({
    keyStatus: 'current',
    crmAccountId: 'acme',
  })
  expect(await connector.keyOf(first?.crmKey ?? '')).toBeNull()
  expect(connector.log.events('connection.taken_over')).toMatchObject([
    { level: 'warn', crmAccountId: 'acme', generation: 1, disconnected: false, byCrmAccountId: 'nordwind' },
  ])
  expect(connector.log.text()).not.toContain(first?.apiKey)
})
