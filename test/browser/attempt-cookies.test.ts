import type { BrowserContext } from 'playwright-core'
import { expect, test } from 'vitest'
import { minutes } from '../../src/shared/clock.ts'
import { browserAndConnector } from './browser-and-connector.ts'
import { expectTitle } from './expect-title.ts'
import { openTab } from './open-tab.ts'
import { startTlsProxy } from '../support/tls-proxy.ts'
import { pressConnect } from './press-connect.ts'

/** The service on a host of the CRM's own domain, as it is for most vendors, behind a proxy that ends TLS. */
const served = browserAndConnector({
  async behind(target) {
    const proxy = await startTlsProxy(
      () => target,
      () => (headers) => headers,
    )
    return { url: proxy.url.replace('localhost', 'wauth.crm.localhost'), stop: () => proxy.close() }
  },
  login: 'handoff',
  env: { ATTEMPTS_PER_ADDRESS: '0' },
})

const PARENT = { domain: '.crm.localhost', path: '/' }

const link = (state: string) => `${served.connector.url}/wauth?state=${state}`

/** A page that starts navigations, and stops each as soon as its first answer, with the cookie, has come. */
async function openHostileTab(context: BrowserContext) {
  const tab = await context.newPage()
  const devtools = await context.newCDPSession(tab)
  await devtools.send('Fetch.enable', { patterns: [{ urlPattern: '*/wauth/attempts/*' }] })
  let stopped = 0
  devtools.on('Fetch.requestPaused', ({ requestId }) => {
    stopped += 1
    void devtools.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' })
  })
  return {
    async start(address: string) {
      const before = stopped
      await expect(tab.goto(address)).rejects.toThrow('ERR_ABORTED')
      expect(stopped).toBe(before + 1)
    },
  }
}

test(
  '250 links that a hostile page leads to push out no cookie of the CRM, and an install goes on',
  { tags: ['long'], timeout: minutes(10) },
  async () => {
    const { tab } = await openTab(served.browser, { ignoreHTTPSErrors: true })
    const context = tab.context()
    const crmCookies = ['session', 'device', 'csrf'].map((name) => ({
      name,
      value: 'x'.repeat(300),
      ...PARENT,
    }))
    await context.addCookies(crmCookies)
    await tab.goto(`${served.connector.sandbox.wazzup.marketplaceUrl}?accountId=1`)
    await tab.getByRole('button', { name: 'Connect', exact: true }).click()
    await tab.getByRole('radio', { name: 'Anna Keller' }).check()
    await tab.getByRole('button', { name: 'Log in' }).click()
    await expectTitle(tab, 'Connect this account to Wazzup?')
    const hostile = await openHostileTab(context)
    for (let i = 0; i < 250; i++) await hostile.start(link(`random-${i}`))
    const cookies = await context.cookies(served.connector.url)
    const names = cookies.map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(crmCookies.map(({ name }) => name)))
    expect(names.filter((name) => name.startsWith('__Host-wauth-'))).toHaveLength(10)
    const honest = await context.newPage()
    const longest = await honest.goto(link('s'.repeat(4096)))
    expect(longest?.status()).toBe(200)
    expect(new URL(honest.url()).origin).toBe(served.connector.sandbox.crm.url)
    // The attempt with a user is still there.
    await tab.reload()
    await pressConnect(tab)
    await expectTitle(tab, 'Connected')
  },
)
