import { beforeEach, describe, expect, test, vi } from 'vitest'
import { createBrowser, type Browser } from '../../src/sandbox/browser/create-browser.ts'
import { freePort } from '../support/free-port.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { seconds } from '../../src/shared/clock.ts'
import { pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { ask, TOKEN } from '../support/internal-at-hand.ts'
import { eachOfFirst, LONG } from '../support/long.ts'
import { testDatabase } from '../support/postgres/test-database.ts'
import {
  CRASH_ON_SIGNAL,
  spawnService,
  TIME_ITS_END,
  type ServiceProcess,
} from '../support/service-process.ts'
import { serviceAtHand, setUpFor } from '../support/set-up.ts'
import { visit } from '../support/visit.ts'

const setUp = setUpFor('each')
let browser: Browser
beforeEach(() => {
  browser = createBrowser()
})

const said = (service: Pick<ServiceProcess, 'output'>, event: string) =>
  expect.poll(service.output, { interval: 20 }).toContain(`"event":"${event}"`)

const times = (service: Pick<ServiceProcess, 'output'>, event: string) =>
  service.output().split(`"event":"${event}"`).length - 1

/** A person has pressed «Connect», and Wazzup has the request. `status`: of the page that the person gets, if any. */
async function connecting() {
  await walkToConfirm(setUp, { browser })
  const called = setUp.sandbox.wazzup.nextConnect()
  const status = pressConfirm(browser).then(
    (page) => page.status,
    () => null,
  )
  await called
  return { status }
}

const arrive = () => visit(`${setUp.url}/wauth?state=opaque-state`)

async function timed<T>(what: Promise<T>): Promise<{ result: T; took: number }> {
  const began = performance.now()
  return { result: await what, took: performance.now() - began }
}

/** Milliseconds from the last signal to the end, as the process has measured them. */
const ownTime = (service: Pick<ServiceProcess, 'output'>) =>
  Number(/^ended after ([\d.]+) ms$/m.exec(service.output())?.[1])

describe('SIGTERM', () => {
  test('is not ready at once, serves on for SHUTDOWN_DELAY, and ends with 0', async () => {
    const service = await serviceAtHand({ ...setUp.env, SHUTDOWN_DELAY: '3s' })
    expect((await fetch(`${service.internalUrl}/readyz`)).status).toBe(200)
    service.child.kill('SIGTERM')
    await said(service, 'service.stopping')
    const ready = await fetch(`${service.internalUrl}/readyz`)
    expect({ status: ready.status, body: await ready.json() }).toMatchObject({
      status: 503,
      body: { status: 'not ready', stopping: true, parts: { store: { ok: true } } },
    })
    expect((await fetch(`${service.internalUrl}/livez`)).status).toBe(200)
    const served = await arrive()
    expect(served.status).toBe(303)
    expect(served.headers.get('connection')).toBe('close')
    const { result, took } = await timed(service.ended)
    expect(result).toEqual({ code: 0, signal: null })
    expect(took).toBeLessThan(seconds(10))
  })

  test('an exchange under way comes to its end, and the person sees it', async () => {
    const service = await serviceAtHand(setUp.env)
    setUp.sandbox.wazzup.faults.push(fault.slow(2000))
    const { status } = await connecting()
    expect(await service.stop()).toEqual({ code: 0, signal: null })
    expect(service.output()).toMatch(/"complete":true,"event":"service.stopped"/)
    // The answer of the button is a redirect; what it leads to is served by the next one.
    const next = await serviceAtHand(setUp.env)
    await status
    await browser.get(browser.page.url)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
    expect(setUp.sandbox.wazzup.connects()).toHaveLength(1)
    await next.stop()
  })

  test('a disconnect under way comes to its end at Wazzup, too', async () => {
    const service = await serviceAtHand({ ...setUp.env, INTERNAL_TOKEN: TOKEN })
    await walkToConfirm(setUp, { browser })
    await pressConfirm(browser)
    const at = { url: service.internalUrl }
    const upload = () => ask(at, '/v1/connections/acme/upload')
    await expect
      .poll(async () => (await upload()).body, { timeout: 60_000 })
      .toMatchObject({ status: 'done' })
    const asked = () => setUp.sandbox.wazzup.requests.filter(({ path }) => path === '/v3/webhooks').length
    const before = asked()
    for (const method of ['GET', 'PATCH']) {
      setUp.sandbox.wazzup.faultsOn(method, '/v3/webhooks').push(fault.slow(2000))
    }
    const ended = ask(at, '/v1/connections/acme', { method: 'DELETE' })
    await expect.poll(asked, { interval: 20 }).toBeGreaterThan(before)
    expect(await service.stop()).toEqual({ code: 0, signal: null })
    expect(await ended).toMatchObject({ status: 200 })
    expect(service.output()).not.toContain('UND_ERR_DESTROYED')
    expect(setUp.sandbox.wazzup.account().webhooks).toMatchObject({
      subscriptions: { messagesAndStatuses: false },
    })
  })

  test('one that does not end is left to the next start, within ten seconds', LONG, async () => {
    setUp.sandbox.wazzup.switches.stateReuse = 'same-key'
    const service = await serviceAtHand(setUp.env)
    setUp.sandbox.wazzup.faults.push(fault.processThen('hang'))
    await connecting()
    const { result, took } = await timed(service.stop())
    expect(result).toEqual({ code: 0, signal: null })
    expect(took).toBeLessThan(seconds(10))
    const next = await serviceAtHand(setUp.env)
    await browser.get(browser.page.url)
    await vi.waitFor(
      async () => {
        expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
      },
      { timeout: 60_000 },
    )
    expect(new Set(setUp.sandbox.wazzup.connects().map(({ bytes }) => bytes)).size).toBe(1)
    await next.stop()
  })

  test('during a start that waits for the database: alive, not ready, and ended at once', async () => {
    const database = await testDatabase()
    const holding = await database.hold('LOCK TABLE migrations IN ACCESS EXCLUSIVE MODE')
    const internal = await freePort()
    const around = { ...setUp.env, DATABASE_URL: database.url, INTERNAL_PORT: String(internal) }
    const service = spawnService(around, { preload: TIME_ITS_END })
    await holding.somebodyWaits()
    const health = (path: string) => fetch(`http://127.0.0.1:${internal}${path}`)
    expect((await health('/livez')).status).toBe(200)
    const ready = await health('/readyz')
    expect({ status: ready.status, body: await ready.json() }).toMatchObject({
      ...{ status: 503, body: { status: 'not ready', phase: 'starting' } },
    })
    expect(await end(service)).toEqual({ code: 0, signal: null })
    expect(ownTime(service)).toBeLessThan(seconds(1))
    await holding.release()
    await database.remove()
  })
})

const end = (service: Pick<ServiceProcess, 'child' | 'ended'>) => {
  service.child.kill('SIGTERM')
  return service.ended
}

describe('a second signal', () => {
  eachOfFirst(1)(['SIGTERM', 'SIGINT'] as const)('%s ends it within a second', async (second) => {
    const service = await serviceAtHand({ ...setUp.env, SHUTDOWN_DELAY: '5s' }, { preload: TIME_ITS_END })
    setUp.sandbox.wazzup.faults.push(fault.processThen('hang'))
    await connecting()
    service.child.kill('SIGTERM')
    await said(service, 'service.stopping')
    expect(await service.stop(second)).toEqual({ code: 1, signal: null })
    expect(ownTime(service)).toBeLessThan(seconds(1))
    expect(times(service, 'service.killed')).toBe(1)
  })
})

describe('an error that nobody catches', () => {
  eachOfFirst(1)(['exception', 'rejection'])(
    '%s: logged once, and what runs comes to its end',
    async (by) => {
      const service = await serviceAtHand({ ...setUp.env, CRASH_BY: by }, { preload: CRASH_ON_SIGNAL })
      setUp.sandbox.wazzup.faults.push(fault.slow(2000))
      await connecting()
      expect(await service.stop('SIGWINCH')).toEqual({ code: 1, signal: null })
      expect(times(service, 'service.crashed')).toBe(1)
      expect(service.output()).toContain('"code":"PLANTED"')
      expect(service.output()).not.toContain('planted, with a secret in it')
      expect(service.output()).toContain('"exchange":"connected"')
      expect(times(service, 'service.stopped')).toBe(1)
    },
  )
})
