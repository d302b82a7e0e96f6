import type { Browser, Page as Tab, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchChromium } from '../support/chromium.ts'
import { expectTitle } from './expect-title.ts'
import { openTab } from './open-tab.ts'
import { pressConnect } from './press-connect.ts'
import { startAcrossSites } from './start-across-sites.ts'
import { eachOfFirst } from '../support/long.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

let site: Awaited<ReturnType<typeof startAcrossSites>>
const withLogin = (login: 'oidc' | 'handoff') => {
  beforeAll(async () => {
    site = await startAcrossSites(login)
  })
  afterAll(() => site.stop())
}

const press = (tab: Tab, name: string) => tab.getByRole('button', { name, exact: true }).click()

/** Each walk in a Wazzup account of its own. */
let account = 0
async function logIn(tab: Tab) {
  account += 1
  await tab.goto(`${site.wazzup.marketplaceUrl}?accountId=${account}`)
  await press(tab, 'Connect')
  await tab.getByRole('radio', { name: 'Anna Keller' }).check()
  await press(tab, 'Log in')
}

async function confirmAndSee(tab: Tab) {
  await expectTitle(tab, 'Connect this account to Wazzup?')
  await pressConnect(tab)
  await expectTitle(tab, 'Connected')
}

/** The requests by which the login comes back to the service. */
function watchReturns(tab: Tab) {
  const returns: Request[] = []
  tab.on('request', (request) => {
    if (new URL(request.url()).pathname === '/wauth/callback') returns.push(request)
  })
  return returns
}

const headersOf = async (request: Request | undefined) => (await request?.allHeaders()) ?? {}

const HOW: [string, boolean][] = [
  ['with JavaScript', true],
  ['without JavaScript', false],
]

describe('an OpenID provider of another site', () => {
  withLogin('oidc')

  eachOfFirst(1)(HOW)('sends the person back, and they connect, %s', async (_how, javaScriptEnabled) => {
    const { tab, complaints, origins } = await openTab(browser, { javaScriptEnabled })
    const returns = watchReturns(tab)
    await logIn(tab)
    await confirmAndSee(tab)
    expect(await headersOf(returns[0])).toMatchObject({
      'sec-fetch-site': 'cross-site',
      cookie: expect.stringContaining('wauth-') as string,
    })
    expect(complaints).toEqual([])
    expect([...origins].sort()).toEqual([site.url, site.crm.url, site.wazzup.url].sort())
  })
})

describe('a CRM of another site', () => {
  withLogin('handoff')

  eachOfFirst(1)(HOW.toReversed())(
    'posts its token, and the person connects, %s',
    async (_how, javaScriptEnabled) => {
      const { tab, complaints, origins } = await openTab(browser, { javaScriptEnabled })
      const returns = watchReturns(tab)
      await logIn(tab)
      await press(tab, 'Continue')
      await confirmAndSee(tab)
      expect(returns.map((request) => request.method())).toEqual(['POST', 'GET'])
      // The browser really leaves the cookie at home when another site posts, and has it on the way round.
      expect(await headersOf(returns[0])).not.toHaveProperty('cookie')
      expect(await headersOf(returns[1])).toHaveProperty('cookie', expect.stringContaining('wauth-'))
      expect(complaints).toEqual([])
      expect([...origins].sort()).toEqual([site.url, site.crm.url, site.wazzup.url].sort())
    },
  )

  test('the address on which the login came back, opened again, leads to the stored outcome', async () => {
    const { tab } = await openTab(browser)
    const returns = watchReturns(tab)
    await logIn(tab)
    await press(tab, 'Continue')
    await confirmAndSee(tab)
    const before = site.wazzup.connects().length
    await tab.goto(returns[1]?.url() ?? '')
    await expectTitle(tab, 'Connected')
    expect(site.wazzup.connects()).toHaveLength(before)
  })
})
