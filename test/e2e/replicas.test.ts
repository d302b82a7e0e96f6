import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import { freePort } from '../../src/sandbox/free-port.ts'
import { startSandbox, type Sandbox } from '../../src/sandbox/start-sandbox.ts'
import {
  pressConfirm,
  resultOf,
  serviceEnvironment,
  SMALL_EXPORTS,
  walkToConfirm,
} from '../support/connector.ts'
import { ask, lookUp, TOKEN } from '../support/internal-at-hand.ts'
import { startLoadBalancer } from '../support/load-balancer.ts'
import { testDatabase } from '../support/postgres/test-database.ts'
import { startProcess, type ServiceProcess } from '../support/service-process.ts'

/** Three processes on one PostgreSQL database behind a load balancer that sends each request to the next. */
let database: Awaited<ReturnType<typeof testDatabase>>
let balancer: Awaited<ReturnType<typeof startLoadBalancer>>
let sandbox: Sandbox
let env: Record<string, string>
let replicas: (ServiceProcess & { port: number })[]

beforeEach(async () => {
  database = await testDatabase()
  balancer = await startLoadBalancer()
  sandbox = await startSandbox({ connectorUrl: balancer.url, exports: SMALL_EXPORTS })
  const own = { DATABASE_URL: database.url, INTERNAL_TOKEN: TOKEN }
  env = { ...sandbox.environment, ...serviceEnvironment(balancer.url, 0, ''), ...own }
  replicas = await Promise.all([startReplica(), startReplica(), startReplica()])
  balancer.ports.push(...replicas.map(({ port }) => port))
})
afterEach(async () => {
  await Promise.all(replicas.map((replica) => replica.stop('SIGKILL')))
  await balancer.close()
  await sandbox.close()
  await database.remove()
})

async function startReplica() {
  const port = await freePort()
  return { ...(await startProcess({ ...env, PORT: String(port) })), port }
}

const place = (): { url: string; sandbox: Sandbox } => ({ url: balancer.url, sandbox })

const connects = (state: string) => sandbox.wazzup.connects().filter((call) => call.state === state)

const servedBy = (path: string) =>
  new Set(balancer.served.filter((one) => one.path === path).map(({ port }) => port))

test('an install whose every request meets another replica ends connected', async () => {
  const { browser, state } = await walkToConfirm(place())
  await pressConfirm(browser)
  await vi.waitFor(
    async () => {
      expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
    },
    {
      timeout: 60_000,
    },
  )
  expect(connects(state)).toHaveLength(1)
  const [start] = servedBy('/wauth')
  expect(start).toBeDefined()
  expect(servedBy('/wauth/callback').has(start ?? 0)).toBe(false)
})

test('one confirmation that reaches all replicas at the same moment is one call', async () => {
  const { browser, state } = await walkToConfirm(place())
  const form = browser.page.form('/confirm')
  const cookie = await browser.jar.getCookieString(balancer.url)
  const answers = await Promise.all(
    Array.from({ length: 12 }, () =>
      fetch(new URL(form?.action ?? '', balancer.url), {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', origin: balancer.url },
        body: new URLSearchParams(form?.fields).toString(),
        redirect: 'manual',
      }),
    ),
  )
  // Who has waited too long for the others is told so, and loses nothing.
  const taken = answers.find(({ status }) => status === 303)
  expect(answers.filter(({ status }) => status !== 303 && status !== 503)).toEqual([])
  await browser.get(new URL(taken?.headers.get('location') ?? '', balancer.url).href)
  await vi.waitFor(
    async () => {
      expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
    },
    {
      timeout: 60_000,
    },
  )
  expect(connects(state)).toHaveLength(1)
})

test('a disconnect on one replica is refused by the very next look-up on the others', async () => {
  const { browser } = await walkToConfirm(place())
  await pressConfirm(browser)
  await vi.waitFor(
    () => {
      expect(sandbox.wazzup.connections()).toHaveLength(1)
    },
    { timeout: 60_000 },
  )
  const crmKey = sandbox.wazzup.connections()[0]?.crmKey ?? ''
  const at = replicas.map(({ internalUrl }) => ({ url: internalUrl }))
  for (const one of at) expect((await lookUp(one, crmKey)).status).toBe(200)
  const [first, ...others] = at
  if (!first) throw new Error('no replica')
  expect((await ask(first, '/v1/connections/acme', { method: 'DELETE' })).status).toBe(200)
  for (const one of others) expect((await lookUp(one, crmKey)).status).toBe(404)
})

test('replicas that are replaced one after the other fail no install and no look-up', async () => {
  const done = { installs: 0, lookUps: 0 }
  let crmKey: string | undefined
  const refused: unknown[] = []
  const load = { over: false }
  const installing = (async () => {
    while (!load.over) {
      const { browser } = await walkToConfirm(place(), { browser: createBrowser() })
      await pressConfirm(browser)
      await vi.waitFor(
        async () => {
          expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
        },
        {
          timeout: 60_000,
        },
      )
      crmKey = sandbox.wazzup.connections().at(-1)?.crmKey
      done.installs++
    }
  })()
  const lookingUp = (async () => {
    while (!load.over) {
      const live = replicas.filter(({ port }) => balancer.ports.includes(port))
      const one = live[done.lookUps++ % live.length]
      if (!one || crmKey === undefined) await new Promise((resolve) => setImmediate(resolve))
      else {
        const { status } = await lookUp({ url: one.internalUrl }, crmKey)
        if (status !== 200 && status !== 503) refused.push(status)
      }
    }
  })()
  for (const old of [...replicas]) {
    const fresh = await startReplica()
    balancer.ports.push(fresh.port)
    replicas.push(fresh)
    balancer.ports.splice(balancer.ports.indexOf(old.port), 1)
    expect(await old.stop()).toEqual({ code: 0, signal: null })
  }
  load.over = true
  await Promise.all([installing, lookingUp])
  expect(refused).toEqual([])
  expect(done.installs).toBeGreaterThan(1)
})
