import { createBrowser } from '../../../src/sandbox/browser/create-browser.ts'
import { fault } from '../../../src/sandbox/wazzup/fault.ts'
import { minutes, seconds } from '../../../src/shared/clock.ts'
import { expect } from 'vitest'
import { pressConfirm, resultOf, walkToConfirm, type TestConnector } from '../../support/connector.ts'
import { connectAnother, othersAreServed } from './others.ts'
import { soon, type UnderWay } from './work.ts'

async function open({ url, sandbox }: TestConnector) {
  const browser = createBrowser()
  await browser.get(`${url}/wauth?state=${encodeURIComponent(await sandbox.wazzup.mintState())}`)
  const login = browser.page.forms.find((form) => 'user' in form.fields || 'user' in form.choices)
  if (!login) throw new Error(`no login on «${browser.page.title}»`)
  return { browser, logIn: () => browser.submit(login, { user: 'acme-admin' }) }
}

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
