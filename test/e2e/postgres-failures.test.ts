import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setTimeout as pause } from 'node:timers/promises'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { LEASE } from '../../src/connect/lease.ts'
import { seconds } from '../../src/shared/clock.ts'
import {
  pressConfirm,
  resultOf,
  startConnector,
  walkToConfirm,
  type TestConnector,
} from '../support/connector.ts'
import { ask, lookUp, TOKEN } from '../support/internal-at-hand.ts'
import { startFrailLine } from '../support/postgres/frail-line.ts'
import { startServer } from '../support/postgres/start-server.ts'
import { makeTemplate, testDatabase } from '../support/postgres/test-database.ts'
import { uploadEnd } from '../support/uploads.ts'

/** What a caller may be kept waiting by a database that does not answer. */
const PATIENCE = 5000

let database: Awaited<ReturnType<typeof testDatabase>>
let line: Awaited<ReturnType<typeof startFrailLine>>
let connector: TestConnector

async function start({ server, user }: { server?: string; user?: string } = {}) {
  database = await testDatabase(server === undefined ? {} : { server })
  const direct = new URL(database.url)
  if (user !== undefined) {
    await database.query(rightsOf(user))
    direct.username = user
  }
  line = await startFrailLine({ host: direct.hostname, port: Number(direct.port) })
  direct.port = String(line.port)
  connector = await startConnector({ env: { DATABASE_URL: direct.href, INTERNAL_TOKEN: TOKEN } })
}
async function stop() {
  await connector.stop()
  await line.close()
  await database.remove()
}

const internal = () => ({ url: connector.internalUrl })
const calls = (state: string) => connector.sandbox.wazzup.connects().filter((call) => call.state === state)

/** Connects an account, and gives its crmKey. */
async function install(user = 'acme-admin') {
  const { browser } = await walkToConfirm(connector, { user })
  await pressConfirm(browser)
  await expect.poll(async () => (await resultOf(browser)).status).toBe('connected')
  return connector.sandbox.wazzup.connections().at(-1)?.crmKey ?? ''
}

/** Asks, and says how long it took. */
async function timed<T extends { status: number }>(asked: Promise<T>) {
  const began = performance.now()
  const answer = await asked
  expect(performance.now() - began).toBeLessThan(PATIENCE)
  return answer
}

/** Look-up, readiness and a new install, while the database cannot be used: said in time, and honestly. */
async function expectAway(crmKey: string) {
  const [found, ready, landing] = await Promise.all([
    timed(lookUp(internal(), crmKey)),
    timed(fetch(`${connector.internalUrl}/readyz`)),
    timed(
      fetch(`${connector.url}/wauth?state=${await connector.sandbox.wazzup.mintState()}`, {
        redirect: 'manual',
      }),
    ),
  ])
  expect([found.status, ready.status, landing.status]).toEqual([503, 503, 503])
  expect(landing.headers.get('retry-after')).toMatch(/^\d+$/)
}

/** Served again by the same process, as soon as somebody asks. */
async function expectBack(crmKey: string) {
  await expect.poll(async () => (await lookUp(internal(), crmKey)).status).toBe(200)
  expect((await fetch(`${connector.internalUrl}/readyz`)).status).toBe(200)
  expect(await lookUp(internal(), await install('nordwind-admin'))).toMatchObject({
    ...{ status: 200, body: { crmAccountId: 'nordwind', generation: 1 } },
  })
}

describe('a server of its own', () => {
  let server: Awaited<ReturnType<typeof startServer>>
  beforeEach(async () => {
    server = await startServer()
    await makeTemplate(server.url)
    await start({ server: server.url })
  })
  afterEach(async () => {
    await stop()
    await server.remove()
  })

  test('restarted: 503 while it is down, and served again without a restart of ours', async () => {
    const crmKey = await install()
    await server.stop()
    await expectAway(crmKey)
    await server.start()
    await expectBack(crmKey)
  })

  async function failOver(away: number) {
    for (const what of ['first connect', 'reconnect']) {
      const { browser, state } = await walkToConfirm(connector, { browser: createBrowser() })
      connector.sandbox.wazzup.faults.push(fault.slow(700))
      const page = pressConfirm(browser)
      await expect.poll(() => calls(state).length, { interval: 5 }).toBe(1)
      await server.stop()
      await page
      await pause(seconds(away))
      await server.start()
      const result = async () => (await resultOf(browser).catch(() => null))?.status
      await expect.poll(result, { timeout: 60_000 }).toBe('connected')
      expect([what, calls(state).length]).toEqual([what, 1])
      const made = connector.sandbox.wazzup.connections().at(-1)
      expect(await lookUp(internal(), made?.crmKey)).toMatchObject({
        ...{ status: 200, body: { keyStatus: 'current', apiKey: made?.apiKey } },
      })
    }
  }
  const AWAY = 'away for %i seconds when the key is there: connected afterwards, and Wazzup was asked once'
  test.each([8])(AWAY, failOver)
  test.each([60])(AWAY, { tags: ['long'] }, failOver)
})

const SILENT = 'silent for %i seconds: 503 within five seconds each time, and served again afterwards'

async function silentFor(duration: number) {
  const crmKey = await install()
  line.turn('frozen')
  const until = performance.now() + seconds(duration)
  while (performance.now() < until) await expectAway(crmKey)
  line.turn('whole')
  await expectBack(crmKey)
}

describe('the line to the server', () => {
  beforeEach(() => start())
  afterEach(stop)

  test('cut: 503 each time, and served again afterwards', async () => {
    const crmKey = await install()
    line.turn('cut')
    for (let rounds = 0; rounds < 3; rounds++) await expectAway(crmKey)
    line.turn('whole')
    await expectBack(crmKey)
  })

  test.each([6])(SILENT, silentFor)
  test.each([30])(SILENT, { tags: ['long'] }, silentFor)

  test.each([
    ['of the claim', 1],
    ['of the key', 2],
  ])('broken at the COMMIT %s: told in time, settled later, one call and one key', async (_what, number) => {
    const { browser, state } = await walkToConfirm(connector)
    line.loseCommit(number)
    const page = await timed(pressConfirm(browser))
    expect(line.lost()).toBe(true)
    // With luck the answer comes after it was looked up again.
    expect(page.status).toBeOneOf([200, 202, 503])
    await connector.moveTime(LEASE)
    await database.moveTime(LEASE)
    await expect.poll(async () => (await resultOf(browser)).status, { timeout: 60_000 }).toBe('connected')
    expect(calls(state)).toHaveLength(1)
    const [connection] = connector.sandbox.wazzup.connections()
    expect(await lookUp(internal(), connection?.crmKey)).toMatchObject({
      ...{ status: 200, body: { crmAccountId: 'acme', generation: 1, keyStatus: 'current' } },
    })
  })
})

describe('a disconnect', () => {
  beforeEach(() => start())
  afterEach(stop)

  test('whose COMMIT nobody hears of has happened, and Wazzup is told', async () => {
    const crmKey = await install()
    await uploadEnd(connector)
    line.loseCommit(1)
    const ended = await timed(ask(internal(), '/v1/connections/acme', { method: 'DELETE' }))
    expect(line.lost()).toBe(true)
    expect(ended.status).toBe(200)
    expect(connector.log.events('keys.disconnect')).toHaveLength(1)
    expect((await lookUp(internal(), crmKey)).status).toBe(404)
  })

  test('of a first exchange whose COMMIT nobody hears of has happened, and the late apiKey connects nothing', async () => {
    const { browser, state } = await walkToConfirm(connector)
    connector.sandbox.wazzup.faults.push(fault.slow(700))
    const page = pressConfirm(browser)
    await expect.poll(() => calls(state).length, { interval: 5 }).toBe(1)
    line.loseCommit(1)
    const ended = await timed(ask(internal(), '/v1/connections/acme', { method: 'DELETE' }))
    expect(line.lost()).toBe(true)
    expect(ended.status).toBe(200)
    expect(connector.log.events('keys.disconnect')).toHaveLength(1)
    await page
    await expect.poll(() => connector.sandbox.wazzup.connections()).toHaveLength(1)
    const crmKey = connector.sandbox.wazzup.connections()[0]?.crmKey
    await expect.poll(async () => (await resultOf(browser)).status).toBe('failed')
    expect((await lookUp(internal(), crmKey)).status).toBe(404)
    expect((await ask(internal(), '/v1/connections/acme')).status).toBe(404)
  })
})

describe('the server', () => {
  beforeEach(() => start())
  afterEach(stop)

  const kill = () =>
    database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name = 'wauth'`,
    )

  test('kills our backends in the middle of a confirmation: told in time, and the next press connects', async () => {
    const { browser, state } = await walkToConfirm(connector)
    const address = browser.page.url
    const held = database
      .query('BEGIN; LOCK TABLE exchanges; SELECT pg_sleep(60); COMMIT')
      .catch(() => undefined)
    await expect.poll(database.isHeld, { interval: 10 }).toBe(true)
    const pressed = timed(pressConfirm(browser))
    await expect.poll(database.isWaitedFor, { interval: 10 }).toBe(true)
    await kill()
    expect((await pressed).status).toBe(503)
    expect(calls(state)).toEqual([])
    await database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()`)
    await held
    await browser.get(address)
    await pressConfirm(browser)
    await expect.poll(async () => (await resultOf(browser)).status, { timeout: 60_000 }).toBe('connected')
    expect(calls(state)).toHaveLength(1)
  })

  test('keeps all of our connections waiting: 503 in time, and served again', async () => {
    const crmKey = await install()
    const held = database.query('BEGIN; LOCK TABLE generations; SELECT pg_sleep(8); COMMIT')
    await expect.poll(database.isHeld).toBe(true)
    // Four times as many as there are connections.
    const crowd = await Promise.all(Array.from({ length: 40 }, () => timed(lookUp(internal(), crmKey))))
    expect(new Set(crowd.map(({ status }) => status))).toEqual(new Set([503]))
    await held
    await expectBack(crmKey)
  })
})

test('a role that may have no more connections: 503 in time, and served again', async () => {
  const user = `service_${randomBytes(6).toString('hex')}`
  await start({ user })
  const crmKey = await install()
  await database.query(`ALTER ROLE ${user} CONNECTION LIMIT 0`)
  await database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${user}'`)
  await expectAway(crmKey)
  await database.query(`ALTER ROLE ${user} CONNECTION LIMIT 100`)
  await expectBack(crmKey)
  await stop()
})

/** A role that owns nothing, with the rights that a running service needs. */
const rightsOf = (user: string) => `
  CREATE ROLE ${user} LOGIN PASSWORD 'wauth';
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${user};
  GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${user}`
