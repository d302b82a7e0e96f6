import { expect, inject } from 'vitest'
import { createBrowser, type Browser } from '../../src/sandbox/browser/create-browser.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { hours, minutes, seconds } from '../../src/shared/clock.ts'
import {
  pressConfirm,
  resultOf,
  walkToConfirm,
  type ConnectorOptions,
  type TestConnector,
} from '../support/connector.ts'
import { ask, TOKEN } from '../support/internal-at-hand.ts'
import { REFUSE_KEYS } from '../support/refuse-keys.ts'
import { connectAccount, expectComplete, uploadEnd } from '../support/uploads.ts'
import { allOn, handlerAtHand } from '../sandbox/wazzup/handler-at-hand.ts'

/** Work that has begun when somebody sets the clock. */
export interface UnderWay {
  work: string
  options?: () => Promise<ConnectorOptions>
  /**
   * Begins it; `ms` is by how much the clock will be set. What it resolves to goes on when that has happened, and expects what
   * would have come of it without.
   */
  begin: (connector: TestConnector, ms: number) => Promise<() => Promise<void>>
}

/** Whatever waits is looked at all the time, so that nothing that the clock has ended stays unseen. */
export const RESTLESS: ConnectorOptions = {
  env: { INTERNAL_TOKEN: TOKEN, INTERNAL_PORT: '0', KEY_PROBE_INTERVAL: '1h' },
  overrides: {
    ...{ longestIdle: 500, jitter: () => 0 },
    connectLimits: { deadline: seconds(15), maxAnswer: 64 * 1024 },
  },
}

/** Long for a busy machine, and far less than what a clock is set by. */
const SOON = { timeout: seconds(20) }

/** What a person waits for that is seconds away at the most. */
const soon = (browser: Browser, result: object) =>
  expect.poll(() => resultOf(browser), SOON).toMatchObject(result)

async function open({ url, sandbox }: TestConnector) {
  const browser = createBrowser()
  await browser.get(`${url}/wauth?state=${encodeURIComponent(await sandbox.wazzup.mintState())}`)
  const login = browser.page.forms.find((form) => 'user' in form.fields || 'user' in form.choices)
  if (!login) throw new Error(`no login on «${browser.page.title}»`)
  return { browser, logIn: () => browser.submit(login, { user: 'acme-admin' }) }
}

/** Another customer, by whom one sees that workers have gone round. */
async function connectAnother(connector: TestConnector) {
  await connectAccount(connector, 'nordwind-admin')
  await uploadEnd(connector, { account: 'nordwind' })
  await expect.poll(() => tries(connector, 'nordwind')).toBe(1)
}

/** How often the apiKey of an account was tried. */
const tries = ({ log }: TestConnector, account: string) =>
  log.events('keys.probe').filter(({ crmAccountId }) => crmAccountId === account).length

/** By the clock of the database and by that of the machine, however it is set here: the clean-up goes by the earlier one. */
const LONG_OVER = -hours(2)

/** The workers on uploads, tries of apiKeys, and what is over have gone round: of the other customer they take what is due. */
async function othersAreServed(connector: TestConnector) {
  const before = tries(connector, 'nordwind')
  await connector.store.uploads.start('nordwind', ['users'], new Date())
  await connector.store.claims.claim('over', LONG_OVER)
  await connector.order("UPDATE connections SET probed_at = 0 WHERE crm_account_id = 'nordwind'")
  await uploadEnd(connector, { account: 'nordwind' })
  await expect.poll(() => tries(connector, 'nordwind'), SOON).toBeGreaterThan(before)
  await expect.poll(() => connector.store.claims.claim('over', LONG_OVER), SOON).toBe(true)
}

const sent = ({ sandbox: { wazzup } }: TestConnector, method: string, path: string) =>
  wazzup.requests.filter((one) => one.method === method && one.path === path)

export const ATTEMPTS: UnderWay[] = [
  {
    work: 'an attempt whose person is at the login',
    async begin(connector, ms) {
      // A login compares its times with those of the CRM: the clock is set right.
      connector.setClock(-ms)
      const { browser, logIn } = await open(connector)
      return async () => {
        await logIn()
        await pressConfirm(browser)
        await soon(browser, { status: 'connected' })
      }
    },
  },
  {
    work: 'an attempt that nobody goes on with',
    async begin(connector) {
      const { browser } = await walkToConfirm(connector)
      const { url } = browser.page
      return async () => {
        await connector.moveTime(minutes(9))
        expect((await browser.get(url)).form('/confirm')).toBeDefined()
        await connector.moveTime(minutes(1))
        await browser.get(url)
        expect(await resultOf(browser)).toMatchObject({ httpStatus: 410, status: 'expired' })
      }
    },
  },
  {
    work: 'a confirm page',
    async begin(connector) {
      await connectAnother(connector)
      const { browser } = await walkToConfirm(connector)
      return async () => {
        // The clean-up has gone round.
        await othersAreServed(connector)
        await pressConfirm(browser)
        await soon(browser, { status: 'connected', crmAccountName: 'Acme Travel' })
      }
    },
  },
  {
    work: 'a result with «Try again»',
    async begin(connector) {
      await connectAnother(connector)
      const { browser } = await walkToConfirm(connector)
      connector.sandbox.wazzup.faults.push(fault.rateLimited(120))
      await pressConfirm(browser)
      return async () => {
        await othersAreServed(connector)
        expect((await pressConfirm(browser)).status).toBe(503)
        await connector.moveTime(seconds(121))
        await browser.get(browser.page.url)
        await pressConfirm(browser)
        await soon(browser, { status: 'connected' })
      }
    },
  },
]

export const EXCHANGES: UnderWay[] = [
  {
    work: 'an exchange that Wazzup is answering',
    async begin(connector) {
      const { wazzup } = connector.sandbox
      const { browser } = await walkToConfirm(connector)
      wazzup.faults.push(fault.slow(700))
      const called = wazzup.nextConnect()
      const pressed = pressConfirm(browser)
      await called
      return async () => {
        await pressed
        expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
        expect(wazzup.connects()).toHaveLength(1)
      }
    },
  },
  {
    work: 'a lost answer',
    async begin(connector) {
      const { wazzup } = connector.sandbox
      wazzup.switches.stateReuse = 'same-key'
      const { browser } = await walkToConfirm(connector)
      wazzup.faults.push(fault.processThen('reset'), fault.unavailable())
      await pressConfirm(browser)
      return async () => {
        await soon(browser, { status: 'connected' })
        expect(wazzup.connects()).toHaveLength(3)
      }
    },
  },
  {
    work: 'a wait for a Wazzup that says «not now»',
    async begin(connector) {
      await connectAnother(connector)
      const { browser } = await walkToConfirm(connector)
      connector.sandbox.wazzup.faults.push(fault.rateLimited(60))
      await pressConfirm(browser)
      return async () => {
        await othersAreServed(connector)
        expect(await resultOf(browser)).toMatchObject({ status: 'pending', reason: 'wazzup_busy' })
        await connector.moveTime(seconds(60))
        await soon(browser, { status: 'connected' })
      }
    },
  },
  {
    work: 'an apiKey that the database cannot take yet',
    async begin(connector) {
      const [refuse, takeAgain] = REFUSE_KEYS[inject('engine')]
      const { browser } = await walkToConfirm(connector)
      await connector.order(refuse)
      await pressConfirm(browser)
      expect(connector.log.events('connect.record_waits')).toHaveLength(1)
      return async () => {
        await connector.order(takeAgain)
        await soon(browser, { status: 'connected' })
        expect(connector.sandbox.wazzup.connects()).toHaveLength(1)
      }
    },
  },
]

export const UPLOADS: UnderWay[] = [
  {
    work: 'an upload at its full rate',
    options: async () => ({
      overrides: { uploadRate: { limit: 2, window: seconds(1) } },
      exports: { sizes: { acme: { contacts: 300, deals: 100 } } },
    }),
    async begin(connector) {
      const { wazzup, crm } = connector.sandbox
      wazzup.faultsOn('POST', '/v3/users').push(fault.slow(100))
      await connectAccount(connector)
      await expect.poll(() => wazzup.account().contacts.size, { interval: 20 }).toBeGreaterThan(0)
      return async () => {
        const began = performance.now()
        expect(await uploadEnd(connector)).toMatchObject({ status: 'done' })
        await expectComplete(crm, wazzup.account())
        const took = performance.now() - began
        // Five requests at the least were left, of which two go out in a second.
        expect(took).toBeGreaterThan(seconds(1.5))
        expect(took).toBeLessThan(seconds(60))
      }
    },
  },
]

export const KEYS: UnderWay[] = [
  {
    work: 'the comparison of the webhooks address, one a day',
    options: async () => ({ env: { WEBHOOKS_URL: (await handlerAtHand()).url } }),
    async begin(connector) {
      const { wazzup } = connector.sandbox
      await connectAccount(connector)
      await uploadEnd(connector)
      await expect.poll(() => tries(connector, 'acme')).toBe(1)
      const read = sent(connector, 'GET', '/v3/webhooks').length
      wazzup.account().webhooks.uri = 'https://other.example/hook'
      const warning = async () => (await connector.store.connections.find('acme'))?.warning
      return async () => {
        await connector.moveTime(hours(24) - minutes(1))
        // The workers have gone round.
        await expect.poll(() => tries(connector, 'acme'), SOON).toBe(2)
        expect(sent(connector, 'GET', '/v3/webhooks')).toHaveLength(read)
        await connector.moveTime(minutes(2))
        await expect.poll(warning, SOON).toBe('address_overwritten')
      }
    },
  },
  {
    work: 'webhooks that are to be switched off',
    options: async () => ({ env: { WEBHOOKS_URL: (await handlerAtHand()).url } }),
    async begin(connector, ms) {
      const { wazzup } = connector.sandbox
      await connectAccount(connector)
      await uploadEnd(connector)
      expect(wazzup.account().webhooks.subscriptions).toEqual(allOn)
      wazzup.faultsOn('GET', '/v3/webhooks').push(fault.unavailable(500), fault.unavailable(500))
      const at = { url: connector.internalUrl }
      const { body } = await ask(at, '/v1/connections/acme', { method: 'DELETE' })
      expect(body).toMatchObject({ subscriptions: 'failed' })
      return async () => {
        // All together more than a day.
        connector.setClock(24 * ms)
        await expect.poll(() => connector.log.events('keys.switched_off').length, SOON).toBe(1)
        expect(connector.log.events('keys.switch_off_given_up')).toEqual([])
        expect(Object.values({ ...wazzup.account().webhooks.subscriptions })).not.toContain(true)
      }
    },
  },
]
