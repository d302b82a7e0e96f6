import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { createBrowser, type Browser } from '../../src/sandbox/browser/create-browser.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { LEASE } from '../../src/connect/lease.ts'
import { seconds } from '../../src/shared/clock.ts'
import { pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { ask, lookUp } from '../support/internal-at-hand.ts'
import { LEASE as UPLOAD_LEASE } from '../../src/upload/turn.ts'
import { LONG } from '../support/long.ts'
import { replicasAtHand, type Replicas } from '../support/replicas.ts'
import { visit } from '../support/visit.ts'

const connects = ({ sandbox }: Replicas, state: string) =>
  sandbox.wazzup.connects().filter((call) => call.state === state)

const expectConnected = (browser: Browser) =>
  expect
    .poll(() => resultOf(browser), { timeout: 60_000 })
    .toMatchObject({ status: 'connected', crmAccountName: 'Acme Travel' })

async function install(at: Replicas) {
  const { browser } = await walkToConfirm(at, { browser: createBrowser() })
  await pressConfirm(browser)
  await expectConnected(browser)
  return at.sandbox.wazzup.connections().at(-1)?.crmKey ?? ''
}

test('an install whose every request meets another replica ends connected', async () => {
  const at = await replicasAtHand(3)
  const { browser, state } = await walkToConfirm(at)
  await pressConfirm(browser)
  await expectConnected(browser)
  expect(connects(at, state)).toHaveLength(1)
  const servedBy = (path: string) =>
    new Set(at.served.filter((one) => one.path === path).map(({ port }) => port))
  const [first] = servedBy('/wauth')
  expect(first).toBeDefined()
  expect(servedBy('/wauth/callback').has(first ?? 0)).toBe(false)
})

test('one confirmation that reaches both replicas at the same moment is one call', async () => {
  const at = await replicasAtHand(2)
  const { browser, state } = await walkToConfirm(at)
  const form = browser.page.form('/confirm')
  const cookie = await browser.jar.getCookieString(at.url)
  const answers = await Promise.all(
    Array.from({ length: 12 }, () =>
      fetch(new URL(form?.action ?? '', at.url), {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', origin: at.url },
        body: new URLSearchParams({ ...form?.fields, aware: 'on' }).toString(),
        redirect: 'manual',
      }),
    ),
  )
  // Who has waited too long for the others is told so, and loses nothing.
  const taken = answers.find(({ status }) => status === 303)
  expect(answers.filter(({ status }) => status !== 303 && status !== 503)).toEqual([])
  await browser.get(new URL(taken?.headers.get('location') ?? '', at.url).href)
  await expectConnected(browser)
  expect(connects(at, state)).toHaveLength(1)
})

test('a word of the CRM that was used on one replica is refused on the other', LONG, async () => {
  const at = await replicasAtHand(2, { login: 'handoff' })
  const jti = randomUUID()
  const word = async () => {
    const browser = createBrowser()
    await browser.get(`${at.url}/wauth?state=${encodeURIComponent(await at.sandbox.wazzup.mintState())}`)
    const nonce = new URL(browser.page.url).searchParams.get('request') ?? ''
    const token = await new SignJWT({
      ...{ jti, nonce, sub: 'acme-admin', user_name: 'Anna Keller' },
      ...{ account_id: 'acme', account_name: 'Acme Travel', role: 'admin' },
    })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(at.env['HANDOFF_ISSUER'] ?? '')
      .setAudience(at.url)
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(new TextEncoder().encode(at.env['HANDOFF_SECRET']))
    return { browser, callback: `${at.url}/wauth/callback?token=${token}` }
  }
  const both = [await word(), await word()]
  await Promise.all(both.map(({ browser, callback }) => browser.get(callback)))
  const forms = both.map(({ browser }) => browser.page.form('/confirm') !== undefined)
  expect(forms.filter(Boolean)).toHaveLength(1)
  const refused = both[forms.indexOf(false)]?.browser
  expect(refused?.page.status).toBe(401)
})

test('a disconnect on one replica is refused by the very next look-up on the others', async () => {
  const at = await replicasAtHand(3)
  const crmKey = await install(at)
  const [first, ...others] = at.replicas.map(({ internalUrl }) => ({ url: internalUrl }))
  for (const one of others) expect((await lookUp(one, crmKey)).status).toBe(200)
  if (!first) throw new Error('no replica')
  expect((await ask(first, '/v1/connections/acme', { method: 'DELETE' })).status).toBe(200)
  for (const one of others) expect((await lookUp(one, crmKey)).status).toBe(404)
})

test(
  'a pause on one replica is met by the very next arrival on the other, and so is its end',
  LONG,
  async () => {
    const at = await replicasAtHand(2)
    const [first, second] = at.replicas
    if (!first || !second) throw new Error('no two replicas')
    const set = (body: object) =>
      ask({ url: first.internalUrl }, '/v1/installs', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const arrive = async () => {
      const state = encodeURIComponent(await at.sandbox.wazzup.mintState())
      return (await visit(`http://127.0.0.1:${second.port}/wauth?state=${state}`)).status
    }
    expect(await arrive()).toBe(303)
    expect((await set({ paused: true, reason: 'it is moved' })).status).toBe(200)
    expect(await arrive()).toBe(503)
    const told = async () => (await fetch(`${second.internalUrl}/readyz`)).json()
    await expect
      .poll(told, { timeout: 30_000 })
      .toMatchObject({ status: 'ready', parts: { installs: { paused: true } } })
    expect((await set({ paused: false })).status).toBe(200)
    expect(await arrive()).toBe(303)
  },
)

/**
 * The replica that waits for an answer of this path of Wazzup dies; the others find its lease over. Killed as soon as it
 * has sent the request, it would die at a moment of its own each time.
 */
async function killSenderOf(at: Replicas, path: string, lease: number) {
  const heldBack = () =>
    at.sandbox.wazzup.requests.find((one) => one.path === path && one.answer?.fault === 'process then hang')
  await expect.poll(heldBack, { interval: 20 }).toBeDefined()
  const sender = () => at.live().find((one) => one.output().includes(JSON.stringify({ sent: path })))
  const dying = await vi.waitUntil(sender, { interval: 20, timeout: seconds(60) })
  at.takeOut(dying)
  await dying.stop('SIGKILL')
  await at.database.moveTime(lease)
}

test('an exchange that a killed replica leaves behind is settled by another one', async () => {
  const at = await replicasAtHand(2, { tellCalls: true })
  at.sandbox.wazzup.switches.stateReuse = 'same-key'
  at.sandbox.wazzup.faults.push(fault.processThen('hang'))
  const { browser, state } = await walkToConfirm(at)
  const address = browser.page.url
  const pressed = pressConfirm(browser).catch(() => undefined)
  await killSenderOf(at, '/v3/connect', LEASE)
  await pressed
  await browser.get(address)
  await expectConnected(browser)
  const sent = connects(at, state)
  expect(sent).toHaveLength(2)
  expect(new Set(sent.map(({ bytes }) => bytes)).size).toBe(1)
})

test(
  '«not now» is waited out by another replica, when the one that was told so is killed',
  { tags: ['long'] },
  async () => {
    const at = await replicasAtHand(2, { tellCalls: true })
    at.sandbox.wazzup.faults.push(fault.rateLimited(4))
    const { browser, state } = await walkToConfirm(at)
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'pending', reason: 'wazzup_busy' })
    const told = at.live().find((one) => one.output().includes(JSON.stringify({ sent: '/v3/connect' })))
    if (!told) throw new Error('no replica has sent the state')
    at.takeOut(told)
    await told.stop('SIGKILL')
    expect(await resultOf(browser)).toMatchObject({ status: 'pending', reason: 'wazzup_busy' })
    await expectConnected(browser)
    const sent = connects(at, state)
    expect(sent).toHaveLength(2)
    expect(new Set(sent.map(({ bytes }) => bytes)).size).toBe(1)
  },
)

// What is older than half a minute no login takes.
describe.each([60, -25])('a replica whose clock is wrong by %i s', LONG, (wrong) => {
  test('takes nobody the exchange away', async () => {
    const at = await replicasAtHand(2, { wrong: seconds(wrong) })
    for (const generation of [1, 2]) {
      at.sandbox.wazzup.faults.push(fault.slow(seconds(4)))
      const { browser, state } = await walkToConfirm(at, { browser: createBrowser() })
      await pressConfirm(browser)
      await expectConnected(browser)
      expect(connects(at, state)).toHaveLength(1)
      const made = at.sandbox.wazzup.connections().at(-1)
      const [one] = at.live()
      const found = await lookUp({ url: one?.internalUrl ?? '' }, made?.crmKey)
      expect(found).toMatchObject({
        status: 200,
        body: { generation, keyStatus: 'current', apiKey: made?.apiKey },
      })
    }
  })
})

test('another replica goes on with an upload that a killed one leaves behind', LONG, async () => {
  const at = await replicasAtHand(3, { tellCalls: true })
  at.sandbox.wazzup.faultsOn('POST', '/v3/contacts').push(fault.processThen('hang'))
  await install(at)
  await killSenderOf(at, '/v3/contacts', UPLOAD_LEASE)
  const [survivor] = at.live()
  const upload = () => ask({ url: survivor?.internalUrl ?? '' }, '/v1/connections/acme/upload')
  await expect.poll(async () => (await upload()).body, { timeout: 60_000 }).toMatchObject({ status: 'done' })
  expect(at.sandbox.wazzup.account().contacts.size).toBe(3)
})

test('replicas that are replaced one after the other fail no install and no look-up', LONG, async () => {
  const at = await replicasAtHand(3)
  const load = { over: false }
  const done = { installs: 0, lookUps: 0, found: 0 }
  const refused: unknown[] = []
  let crmKey = await install(at)
  const installing = (async () => {
    while (!load.over) {
      crmKey = await install(at)
      done.installs++
    }
  })()
  const lookingUp = (async () => {
    while (!load.over) {
      const live = at.live()
      const one = live[done.lookUps++ % live.length]
      const { status } = await lookUp({ url: one?.internalUrl ?? '' }, crmKey)
      if (status === 200) done.found++
      else if (status !== 503) refused.push(status)
    }
  })()
  const replacing = (async () => {
    for (const old of at.live()) {
      await at.add()
      at.takeOut(old)
      expect(await old.stop()).toEqual({ code: 0, signal: null })
    }
    load.over = true
  })()
  await Promise.all([replacing, installing, lookingUp])
  expect(refused).toEqual([])
  expect(done.installs).toBeGreaterThan(0)
  expect(done.found / done.lookUps).toBeGreaterThan(0.99)
})
