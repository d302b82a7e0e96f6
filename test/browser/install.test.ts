import axe from 'axe-core'
import type { BrowserContextOptions } from 'playwright-core'
import { expect, test } from 'vitest'
import { browserAndConnector } from './browser-and-connector.ts'
import { expectTitle } from './expect-title.ts'
import { installWalk, walkToConfirmPage } from './install-walk.ts'
import { DESKTOP, openTab, PHONE } from './open-tab.ts'
import { pressConnect, untilPressesCount } from './press-connect.ts'
import { describeFirst, eachOfFirst } from '../support/long.ts'

const served = browserAndConnector()

const EVERY_PAGE = ['marketplace', 'login', 'confirm', 'connected', 'marketplace, connected']

/** Each walk in a Wazzup account of its own, which is not connected yet. */
let account = 0
const marketplace = () => {
  account += 1
  return `${served.connector.sandbox.wazzup.marketplaceUrl}?accountId=${account}`
}

describeFirst(2)<[string, BrowserContextOptions]>([
  ['on a small phone', { viewport: PHONE, isMobile: true, hasTouch: true }],
  ['without JavaScript', { javaScriptEnabled: false }],
  ['on a desktop', { viewport: DESKTOP }],
])('a person connects %s', (_where, options) => {
  test('and nothing complains, goes astray or sticks out', async () => {
    const { tab, complaints, origins } = await openTab(served.browser, options)
    const pages: string[] = []
    const tooWide: string[] = []
    for await (const page of installWalk(tab, marketplace())) {
      pages.push(page)
      const width = await tab.evaluate<number>('document.documentElement.scrollWidth')
      if (width !== tab.viewportSize()?.width) tooWide.push(page)
    }
    const { crm, wazzup } = served.connector.sandbox
    expect(pages).toEqual(EVERY_PAGE)
    expect(tooWide).toEqual([])
    expect(complaints).toEqual([])
    expect([...origins].sort()).toEqual([served.connector.url, crm.url, wazzup.url].sort())
  })
})

eachOfFirst(1)<[string, BrowserContextOptions]>([
  ['a small phone in the dark', { viewport: PHONE, colorScheme: 'dark' }],
  ['a desktop', { viewport: DESKTOP }],
])('axe finds nothing on any page of the way, on %s', async (_where, options) => {
  // The policy of the pages would keep axe out.
  const { tab } = await openTab(served.browser, { ...options, bypassCSP: true, reducedMotion: 'reduce' })
  const found: Record<string, unknown[]> = {}
  for await (const page of installWalk(tab, marketplace())) {
    await tab.evaluate(axe.source)
    const { passes, violations } = await tab.evaluate<axe.AxeResults>('axe.run()')
    expect(passes.map(({ id }) => id)).toContain('color-contrast')
    found[page] = violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])
  }
  expect(found).toEqual(Object.fromEntries(EVERY_PAGE.map((page) => [page, []])))
})

test('the keyboard is enough', async () => {
  const { tab } = await openTab(served.browser)
  const focused = () => tab.evaluate<string>('document.activeElement.textContent.trim()')
  const tabTo = async (button: string) => {
    for (let presses = 0; presses < 10 && (await focused()) !== button; presses++)
      await tab.keyboard.press('Tab')
    expect(await focused()).toBe(button)
  }
  await tab.goto(marketplace())
  await tabTo('Connect')
  await tab.keyboard.press('Enter')
  await expectTitle(tab, 'Log in')
  await tab.keyboard.press('Tab')
  await tab.keyboard.press('Space')
  await tabTo('Log in')
  await tab.keyboard.press('Enter')
  await expectTitle(tab, 'Connect this account to Wazzup?')
  await tab.keyboard.press('Tab')
  expect(await focused()).toBe('Not you? Log in as somebody else')
  await tab.keyboard.press('Tab')
  expect(await focused()).toBe('Connect')
  const outline = await tab.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle')
  expect(outline).not.toBe('none')
  await untilPressesCount(tab)
  await tab.keyboard.press('Enter')
  await expectTitle(tab, 'Connected')
})

test('a Russian browser gets Russian pages; a switch to Spanish stays on the page and lasts', async () => {
  const { tab } = await openTab(served.browser, { locale: 'ru-RU' })
  await tab.goto(marketplace())
  await tab.getByRole('button', { name: 'Подключить', exact: true }).click()
  await tab.getByRole('radio', { name: 'Anna Keller' }).check()
  await tab.getByRole('button', { name: 'Войти' }).click()
  await expectTitle(tab, 'Подключить этот аккаунт к Wazzup?')
  await pressConnect(tab, 'Подключить')
  await expectTitle(tab, 'Подключено')
  const { pathname } = new URL(tab.url())
  await tab.getByRole('link', { name: 'Español' }).click()
  await expectTitle(tab, 'Conectada')
  expect(new URL(tab.url()).pathname).toBe(pathname)
  await tab.goto(`${served.connector.url}${pathname}`)
  await expectTitle(tab, 'Conectada')
  expect(await tab.evaluate<string>('document.documentElement.lang')).toBe('es')
})

test('the confirm page cannot be framed, not even by a site that gets the cookie sent along', async () => {
  const { tab } = await openTab(served.browser)
  await walkToConfirmPage(tab, marketplace())
  const confirmUrl = tab.url()
  // Another origin of the same site: the browser sends the cookie, so nothing but the page's own word keeps it out.
  await tab.goto(served.connector.sandbox.crm.url)
  const answered = tab.waitForResponse(confirmUrl)
  await tab.evaluate(`{
    const frame = document.createElement('iframe')
    frame.src = ${JSON.stringify(confirmUrl)}
    document.body.append(frame)
  }`)
  expect((await answered).status()).toBe(200)
  await expect.poll(() => tab.frames()[1]?.url(), { timeout: 120_000 }).toBe('chrome-error://chromewebdata/')
  expect(await tab.frames()[1]?.content()).not.toContain('Acme Travel')
})
