import { beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { createBrowser, type Browser } from '../../src/sandbox/browser/create-browser.ts'
import { fault, type Fault } from '../../src/sandbox/wazzup/fault.ts'
import { LEASE } from '../../src/connect/lease.ts'
import { pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { spawnService, startProcess, type ServiceProcess } from '../support/service-process.ts'
import { setUpFor } from '../support/set-up.ts'
import { LONG } from '../support/long.ts'

const setUp = setUpFor('each')
let browser: Browser
beforeEach(() => {
  browser = createBrowser()
})

/** Presses the button in a service that is killed at `point`, and returns the address the person was on. */
async function confirmAndDie(point: string, faults: Fault[]): Promise<string> {
  const service = await startProcess({ ...setUp.env, KILL_AT: point }, { preload: true })
  await walkToConfirm(setUp, { browser })
  const address = browser.page.url
  setUp.sandbox.wazzup.faults.push(...faults)
  // After the commit of a postponement the person may still get an answer before the kill shows.
  await pressConfirm(browser).catch(() => undefined)
  expect(await Promise.race([service.ended, aliveAtTheEnd(point, service)])).toMatchObject({
    signal: 'SIGKILL',
  })
  return address
}

/** A point that is not met fails with words: once there is a result, nothing comes to it any more. */
async function aliveAtTheEnd(point: string, { ended }: ServiceProcess) {
  const died = { now: false }
  void ended.then(() => (died.now = true))
  const hasResult = async () =>
    died.now || /connected|failed/.test((await resultOf(browser).catch(() => ({ status: '' }))).status)
  await vi.waitUntil(hasResult, { timeout: 120_000, interval: 100 })
  return died.now ? ended : { signal: `none: nothing came to ${point}, and the person has a result` }
}

/** Starts it again, when the lease of the first is over, and follows the person's result to its end. */
async function restartAndSettle(address: string, { pressesAgain } = { pressesAgain: true }) {
  await setUp.database.moveTime(LEASE)
  const service = await startProcess(setUp.env)
  try {
    // Not confirmed as far as anybody knows, or waited for too long: the page asks again, and the person may press again.
    await browser.get(pressesAgain ? address : address.replace(/\/confirm$/, '/result'))
    if (pressesAgain && browser.page.form('/confirm')) await pressConfirm(browser)
    return await vi.waitFor(
      async () => {
        const result = await resultOf(browser)
        expect(result.status).not.toBe('pending')
        return result
      },
      { timeout: 120_000, interval: 100 },
    )
  } finally {
    expect(await service.stop()).toMatchObject({ code: 0 })
  }
}

function expectInvariants() {
  const calls = setUp.sandbox.wazzup.connects()
  expect(calls.length).toBeGreaterThan(0)
  expect(new Set(calls.map(({ bytes }) => bytes)).size).toBe(1)
}

/** What happens between two commits has nothing to do with the engine: those points are tried once. */
const points = <P extends string | [string, string]>(all: readonly P[]): readonly P[] =>
  inject('engine') === 'sqlite' ? all : all.filter((point) => !/^call:/.test(String(point)))

/** What a start makes of what it finds knows nothing of engines either: on PostgreSQL one of each kind will do. */
const oneOf = <P extends string | [string, string]>(all: readonly P[]): readonly P[] =>
  inject('engine') === 'sqlite' ? all : points(all).slice(0, 1)

/** `npm test` tries one point of each kind, `npm run test:long` the others. */
const ONE_OF_EACH_KIND = [...['claim:uncommitted', 'record:uncommitted', 'postpone:committed']]
const when = (point: string) => (ONE_OF_EACH_KIND.includes(point) ? {} : LONG)

const NEVER_SENT = ['claim:before', 'claim:uncommitted', 'claim:committed', 'call:before']
const MAYBE_SENT = ['call:sent', 'call:answering', 'call:answered', 'record:before', 'record:uncommitted']

describe('killed while connecting', () => {
  for (const point of points([...NEVER_SENT, ...MAYBE_SENT, 'record:committed'])) {
    test(`at ${point}, with a Wazzup that repeats its answer: connected`, when(point), async () => {
      setUp.sandbox.wazzup.switches.stateReuse = 'same-key'
      const address = await confirmAndDie(point, [])
      expect(await restartAndSettle(address)).toMatchObject({ status: 'connected' })
      expectInvariants()
    })
  }

  for (const point of oneOf(NEVER_SENT)) {
    test(`at ${point}, with a Wazzup that takes a state once: connected`, LONG, async () => {
      const address = await confirmAndDie(point, [])
      expect(await restartAndSettle(address)).toMatchObject({ status: 'connected' })
      expectInvariants()
    })
  }

  for (const point of oneOf(MAYBE_SENT.slice(1))) {
    test(`at ${point}, with a Wazzup that takes a state once: start again`, when(point), async () => {
      const address = await confirmAndDie(point, [])
      expect(await restartAndSettle(address)).toMatchObject({ status: 'failed', reason: 'restart_needed' })
      expectInvariants()
    })
  }
})

describe('killed while writing down what went wrong', () => {
  for (const point of points(['postpone:before', 'postpone:committed'])) {
    test(`at ${point} after a lost answer: connected`, LONG, async () => {
      setUp.sandbox.wazzup.switches.stateReuse = 'same-key'
      const address = await confirmAndDie(point, [fault.processThen('reset')])
      expect(await restartAndSettle(address)).toMatchObject({ status: 'connected' })
      expectInvariants()
    })
  }

  test('at postpone:committed after «not now»: the next start sends the same again, and connects', async () => {
    const address = await confirmAndDie('postpone:committed', [fault.rateLimited(1)])
    expect(await restartAndSettle(address)).toMatchObject({ status: 'connected' })
    expectInvariants()
  })

  test('the same, when it comes back after the time for which a person waits: they decide', async () => {
    const address = await confirmAndDie('postpone:committed', [fault.rateLimited(1)])
    await setUp.database.order('UPDATE exchanges SET created_at = created_at - 91000')
    const result = await restartAndSettle(address, { pressesAgain: false })
    expect(result).toMatchObject({ reason: 'wazzup_unavailable' })
    expect(setUp.sandbox.wazzup.connects()).toHaveLength(1)
  })

  for (const [point, reason] of points([
    ['fail:before', 'restart_needed'],
    ['fail:uncommitted', 'restart_needed'],
    ['fail:committed', 'state_refused'],
  ])) {
    test(`at ${point} after a refusal: ${reason}`, when(point), async () => {
      const refused = fault.refuse(400, { body: { error: 'INVALID_STATE' } })
      const address = await confirmAndDie(point, [refused, refused])
      expect(await restartAndSettle(address)).toMatchObject({ status: 'failed', reason })
      expectInvariants()
    })
  }
})

describe('killed while settling what an earlier kill left behind', () => {
  const WHILE_RECOVERING = [
    ...['call:before', 'call:sent', 'call:answered'],
    ...['record:uncommitted', 'record:committed'],
  ]

  /** The answer is lost, the process dies, and so does the next one, while it asks again by itself. */
  async function dieTwice(point: string) {
    const address = await confirmAndDie('postpone:committed', [fault.processThen('reset')])
    await setUp.database.moveTime(LEASE)
    expect((await spawnService({ ...setUp.env, KILL_AT: point }, { preload: true }).ended).signal).toBe(
      'SIGKILL',
    )
    return address
  }

  for (const point of oneOf(WHILE_RECOVERING)) {
    test(`at ${point}, with a Wazzup that repeats its answer: connected`, when(point), async () => {
      setUp.sandbox.wazzup.switches.stateReuse = 'same-key'
      const address = await dieTwice(point)
      expect(await restartAndSettle(address)).toMatchObject({ status: 'connected' })
      expectInvariants()
    })
  }

  for (const point of points(WHILE_RECOVERING.slice(0, 3))) {
    test(`at ${point}, with a Wazzup that takes a state once: start again`, when(point), async () => {
      const address = await dieTwice(point)
      const result = await restartAndSettle(address)
      expect(result).toMatchObject({ status: 'failed', reason: 'restart_needed' })
      expectInvariants()
    })
  }
})

describe('killed while trying again after Wazzup was out of reach', () => {
  /** Wazzup has no time; the person presses «Try again» in a process that dies of it. */
  async function tryAgainAndDie(point: string): Promise<string> {
    const first = await startProcess(setUp.env)
    await walkToConfirm(setUp, { browser })
    setUp.sandbox.wazzup.faults.push(fault.rateLimited(91))
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ reason: 'wazzup_unavailable' })
    await first.stop()
    await setUp.database.order('UPDATE exchanges SET due_at = due_at - 91000')
    const second = await startProcess({ ...setUp.env, KILL_AT: point }, { preload: true })
    await expect(pressConfirm(browser)).rejects.toThrow()
    expect((await second.ended).signal).toBe('SIGKILL')
    return browser.page.url
  }

  for (const point of points(['call:before', 'call:sent', 'record:uncommitted'])) {
    test(`at ${point}, with a Wazzup that repeats its answer: connected`, LONG, async () => {
      setUp.sandbox.wazzup.switches.stateReuse = 'same-key'
      const address = await tryAgainAndDie(point)
      expect(await restartAndSettle(address)).toMatchObject({ status: 'connected' })
      expectInvariants()
    })
  }

  test('at record:uncommitted, with a Wazzup that takes a state once: start again', async () => {
    const address = await tryAgainAndDie('record:uncommitted')
    const result = await restartAndSettle(address)
    expect(result).toMatchObject({ status: 'failed', reason: 'restart_needed' })
    expectInvariants()
  })
})
