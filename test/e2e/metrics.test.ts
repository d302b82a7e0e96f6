import { describe, expect, test, vi } from 'vitest'
import { createBrowser, type Browser } from '../../src/sandbox/browser/create-browser.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { connectorFor, pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { ask, lookUp, TOKEN } from '../support/internal-at-hand.ts'

const connector = connectorFor('all', { env: { INTERNAL_TOKEN: TOKEN } })

const page = () => fetch(`${connector.internalUrl}/metrics`).then((answer) => answer.text())

/** The value of one series; 0 when it is not there. */
async function valueOf(series: string): Promise<number> {
  const line = (await page()).split('\n').find((one) => one.startsWith(`${series} `))
  return line === undefined ? 0 : Number(line.slice(series.length + 1))
}

/** What `work` adds to these series. */
async function added(work: () => Promise<unknown>, ...series: string[]): Promise<number[]> {
  const before = await Promise.all(series.map(valueOf))
  await work()
  const after = await Promise.all(series.map(valueOf))
  return after.map((value, index) => value - (before[index] ?? 0))
}

const reached = (stage: string) => `wauth_funnel_reached_total{stage="${stage}"}`
const missed = (stage: string, reason: string) =>
  `wauth_funnel_missed_total{stage="${stage}",reason="${reason}"}`
const exchanged = (outcome: string) => `wauth_exchange_duration_seconds_count{outcome="${outcome}"}`
const lookedUp = (result: string) => `wauth_key_lookups_total{result="${result}"}`

const settled = (browser: Browser) =>
  vi.waitFor(
    async () => {
      expect((await resultOf(browser)).status).not.toBe('pending')
    },
    { timeout: 120_000, interval: 100 },
  )

async function install(user?: string) {
  const { browser } = await walkToConfirm(connector, user === undefined ? {} : { user })
  await pressConfirm(browser)
  return browser
}

/** What /metrics says after customers have come, by every way that they can take. */
describe('the numbers of a service', () => {
  test('an install is one step on at every stage, and one exchange', async () => {
    const stages = ['arrived', 'logged_in', 'confirmed', 'connected']
    const work = () => install()
    const call = 'wauth_wazzup_call_duration_seconds_count{method="POST",route="/v3/connect",answer="2xx"}'
    expect(await added(work, ...stages.map(reached), exchanged('connected'), call)).toEqual([
      1, 1, 1, 1, 1, 1,
    ])
    expect(await valueOf('wauth_connections{status="connected"}')).toBe(1)
  })

  test.each([
    ['a refused state', fault.refuse(400, { body: { error: 'NO' } }), 'state_refused'],
    ['a refused secret', fault.refuse(401), 'secret_refused'],
    ['a busy Wazzup', fault.rateLimited(120), 'wazzup_unavailable'],
    ['an answer without sense', fault.redirect(), 'bad_answer'],
  ])('%s is told by its reason', async (_what, wrong, reason) => {
    const work = async () => {
      const { browser } = await walkToConfirm(connector)
      connector.sandbox.wazzup.faults.push(wrong)
      await pressConfirm(browser)
    }
    const series = [
      reached('confirmed'),
      reached('connected'),
      missed('connected', reason),
      exchanged(reason),
    ]
    expect(await added(work, ...series)).toEqual([1, 0, 1, 1])
  })

  test('a lost answer is postponed, then connected, and is one more that has connected', async () => {
    const work = async () => {
      const { browser } = await walkToConfirm(connector)
      connector.sandbox.wazzup.faults.push(fault.processThen('reset'))
      connector.sandbox.wazzup.switches.stateReuse = 'same-key'
      await pressConfirm(browser)
      await settled(browser)
    }
    const series = [
      reached('confirmed'),
      reached('connected'),
      exchanged('postponed'),
      exchanged('connected'),
    ]
    expect(await added(work, ...series)).toEqual([1, 1, 1, 1])
    expect(await valueOf('wauth_jobs_waiting{job="exchange"}')).toBe(0)
  })

  test('who does not come so far is told by the reason', async () => {
    const work = async () => {
      await createBrowser().get(`${connector.url}/wauth?state=`)
      const { browser } = await walkToConfirm(connector)
      const cancel = browser.page.form('/cancel')
      if (!cancel) throw new Error('no way to cancel')
      await browser.submit(cancel)
      await browser.submit(cancel)
      await walkToConfirm(connector, { user: 'acme-user' })
    }
    const reasons = [
      missed('arrived', 'bad_state'),
      missed('confirmed', 'cancelled'),
      missed('logged_in', 'not_allowed'),
    ]
    expect(await added(work, ...reasons, reached('confirmed'))).toEqual([1, 1, 1, 0])
  })

  test('a state that two accounts confirm counts once for each, by what became of it', async () => {
    const work = async () => {
      const { browser, state } = await walkToConfirm(connector)
      const other = await walkToConfirm(connector, { state, user: 'nordwind-admin' })
      await pressConfirm(browser)
      await pressConfirm(other.browser)
    }
    const series = [reached('confirmed'), missed('confirmed', 'state_used_elsewhere')]
    expect(await added(work, ...series)).toEqual([1, 1])
  })

  test('look-ups are told by what they found, and open a value by the key of the ring', async () => {
    await install()
    const current = connector.sandbox.wazzup.connections().at(-1)?.crmKey ?? ''
    const opened = 'wauth_encryption_key_uses_total{key_id="test",use="open"}'
    const at = { url: connector.internalUrl }
    const good = async () => {
      expect((await lookUp(at, current)).status).toBe(200)
    }
    const [found, unknown, uses] = await added(good, lookedUp('current'), lookedUp('unknown'), opened)
    expect([found, unknown]).toEqual([1, 0])
    // The upload opens the same key.
    expect(uses).toBeGreaterThanOrEqual(1)
    await install()
    const others = async () => {
      await lookUp(at, current)
      await lookUp(at, 'no such key')
      await ask(at, '/v1/keys/authenticate', { headers: { 'x-crm-authorization': 'Bearer nobody' } })
    }
    expect(await added(others, lookedUp('previous'), lookedUp('unknown'))).toEqual([1, 2])
    expect(await valueOf('wauth_encryption_key_needed{key_id="test"}')).toBe(1)
  })

  test('connections are counted by status, whoever changed it', async () => {
    await install('nordwind-admin')
    const disconnect = () =>
      ask({ url: connector.internalUrl }, '/v1/connections/nordwind', { method: 'DELETE' })
    const series = ['connected', 'disconnected'].map((status) => `wauth_connections{status="${status}"}`)
    const [connected, disconnected] = await added(disconnect, ...series)
    expect(disconnected).toBe(1)
    // One Wazzup account has one key here: that of the customer before does not work any more, which may show just now.
    expect(connected).toBeLessThanOrEqual(-1)
  })

  test('requests are told by the pattern of their route: no address, no name, no state is a label', async () => {
    const { browser, state } = await walkToConfirm(connector)
    await pressConfirm(browser)
    await ask({ url: connector.internalUrl }, '/v1/connections/acme')
    const seriesOf = async () =>
      new Set((await page()).match(/^wauth_http_request_duration_seconds_count\{.*\}/gm))
    const known = await seriesOf()
    expect([...known]).toContain(
      'wauth_http_request_duration_seconds_count{listener="internal",method="GET",route="/v1/connections/:account",status="200"}',
    )
    for (let n = 0; n < 50; n++) {
      await fetch(`${connector.url}/${n}?state=${state}`)
      await fetch(`${connector.url}/wauth/attempts/${n}`)
      await ask({ url: connector.internalUrl }, `/v1/connections/nobody-${n}`)
      await fetch(`${connector.url}/wauth`, { method: ['PUT', 'PATCH', 'PURGE', 'LOCK'][n % 4] ?? 'PUT' })
    }
    const more = [...(await seriesOf())].filter((one) => !known.has(one))
    expect(more.length).toBeLessThanOrEqual(5)
    const text = await page()
    const secret = connector.sandbox.wazzup.connects().flatMap(({ crmKey, state: used }) => [crmKey, used])
    const named = ['acme', 'nordwind', 'nobody', browser.page.url.split('/').at(-2) ?? 'attempt', ...secret]
    expect(named.filter((word) => text.includes(word))).toEqual([])
  })
})
