import { describe, expect, test } from 'vitest'
import { LEASE } from '../../src/connect/lease.ts'
import { seconds } from '../../src/shared/clock.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { ask, lookUp } from '../support/internal-at-hand.ts'
import { uploadEnd } from '../support/uploads.ts'
import { behindFrailLine, timed } from './behind-frail-line.ts'
import { eachOfFirst, LONG } from '../support/long.ts'

const { database, line, connector, internal, calls, install, expectAway, expectBack } = behindFrailLine()

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
  test('cut: 503 each time, and served again afterwards', async () => {
    const crmKey = await install()
    line.turn('cut')
    for (let rounds = 0; rounds < 3; rounds++) await expectAway(crmKey)
    line.turn('whole')
    await expectBack(crmKey)
  })

  eachOfFirst(1)([6, 30])(SILENT, silentFor)

  eachOfFirst(1)([
    ['of the key', 2],
    ['of the claim', 1],
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

  test(
    'of a first exchange whose COMMIT nobody hears of has happened, and the late apiKey connects nothing',
    LONG,
    async () => {
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
    },
  )
})

describe('the server', () => {
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
    // A connection that was killed while idle may not know it yet, where the machine is busy.
    await expect.poll(async () => (await browser.get(address)).status).toBe(200)
    await pressConfirm(browser)
    await expect.poll(async () => (await resultOf(browser)).status, { timeout: 60_000 }).toBe('connected')
    expect(calls(state)).toHaveLength(1)
  })

  test('keeps all of our connections waiting: 503 in time, and served again', async () => {
    const crmKey = await install()
    const held = database.query('BEGIN; LOCK TABLE lookups; SELECT pg_sleep(8); COMMIT')
    await expect.poll(database.isHeld).toBe(true)
    // Four times as many as there are connections.
    const crowd = await Promise.all(Array.from({ length: 40 }, () => timed(lookUp(internal(), crmKey))))
    expect(new Set(crowd.map(({ status }) => status))).toEqual(new Set([503]))
    await held
    await expectBack(crmKey)
  })
})
