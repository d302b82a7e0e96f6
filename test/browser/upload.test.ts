import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { startPageServer } from '../http/public/pages/page-server.ts'
import { uploadPage } from '../http/public/pages/upload-pages.ts'
import { launchChromium } from '../support/chromium.ts'
import { connectorAtHand } from '../support/connector.ts'
import { installWalk } from './install-walk.ts'
import { openTab, PHONE } from './open-tab.ts'
import { LONG } from '../support/long.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

/** A connector whose upload takes a second for every batch of contacts, until a test has seen enough. */
async function slowConnector() {
  const connector = await connectorAtHand({ exports: { sizes: { acme: { contacts: 6000, deals: 100 } } } })
  const slow = connector.sandbox.wazzup.faultsOn('POST', '/v3/contacts')
  slow.push(...Array.from({ length: 60 }, () => fault.slow(1000)))
  return {
    connector,
    hurry: () => {
      slow.length = 0
    },
  }
}

/** For whoever wants to see it: a picture in the folder that WAUTH_TEST_SCREENSHOTS names. */
async function shoot(tab: Page, name: string) {
  const shots = process.env['WAUTH_TEST_SCREENSHOTS']
  if (shots !== undefined) await tab.screenshot({ path: join(shots, `upload-${name}.png`), fullPage: true })
}

const valueOf = `document.querySelector('[data-kind=contacts] progress')?.value ?? 0`
const ending = 'Everything has been passed on.'

test('the bars move by themselves, and say at last that everything has been passed on', async () => {
  const { connector, hurry } = await slowConnector()
  const { tab, complaints, origins } = await openTab(browser)
  for await (const page of installWalk(tab, connector.sandbox.wazzup.marketplaceUrl))
    if (page === 'connected') break
  // The page has its rows before the upload has begun, so that nothing makes it load again.
  const loads = () => tab.evaluate<number>('performance.timeOrigin')
  const loadedAt = await loads()
  await expect.poll(() => tab.evaluate<number>(valueOf), { interval: 50 }).toBeGreaterThan(0)
  const seen = new Set<number>()
  const look = async () => seen.add(await tab.evaluate<number>(valueOf)).size
  await expect.poll(look, { interval: 50 }).toBe(3)
  await shoot(tab, 'bars')
  expect(await tab.getByText('this takes a while').isVisible()).toBe(true)
  hurry()
  await tab.getByText(ending).waitFor({ timeout: 120_000 })
  expect(await tab.getByText('this takes a while').count()).toBe(0)
  expect(await tab.locator('#next').textContent()).toContain('There is nothing more to do here')
  expect(await loads()).toBe(loadedAt)
  await shoot(tab, 'ended')
  await tab.evaluate(axe.source)
  const { violations } = await tab.evaluate<{ violations: { id: string }[] }>('axe.run()')
  expect(violations.map(({ id }) => id)).toEqual([])
  expect(complaints).toEqual([])
  expect([...origins]).not.toContain('null')
})

test('a proxy that fails on the way stops the bars for a moment only', LONG, async () => {
  const { connector, hurry } = await slowConnector()
  const { tab } = await openTab(browser)
  const asked: number[] = []
  await tab.route('**/*', (route) => {
    if (route.request().resourceType() !== 'eventsource') return route.continue()
    asked.push(Date.now())
    return asked.length <= 2 ? route.fulfill({ status: 502 }) : route.continue()
  })
  for await (const page of installWalk(tab, connector.sandbox.wazzup.marketplaceUrl))
    if (page === 'connected') break
  await expect.poll(() => asked.length, { timeout: 120_000 }).toBeGreaterThan(2)
  hurry()
  await tab.getByText(ending).waitFor({ timeout: 120_000 })
  const [first = 0, second = 0, third = 0] = asked
  expect(second - first).toBeGreaterThanOrEqual(1000)
  expect(third - second).toBeGreaterThanOrEqual(2000)
})

test('a page that does not know the form of an event, of another release, loads again and shows how far it is', async () => {
  const running = (read: number) => uploadPage('running', { status: 'running', read, total: 100 })
  const shown = { page: running(0) }
  const server = await startPageServer(shown)
  onTestFinished(server.close)
  const { tab, complaints } = await openTab(browser)
  const of = { heading: '', rows: [], ending: '', tone: 'busy', live: true }
  await tab.route('**/*', (route) =>
    route.request().resourceType() === 'eventsource'
      ? route.fulfill({ contentType: 'text/event-stream', body: `data: ${JSON.stringify(of)}\n\n` })
      : route.continue(),
  )
  await tab.goto(`${server.origin}/page`)
  expect(await tab.locator('#next').textContent()).not.toBe('')
  shown.page = running(50)
  await expect.poll(() => tab.evaluate<number>(valueOf)).toBe(50)
  expect(complaints).toEqual([])
})

test('without JavaScript the page looks again by itself, and fits on a small phone', LONG, async () => {
  const { connector, hurry } = await slowConnector()
  const { tab } = await openTab(browser, { javaScriptEnabled: false, viewport: PHONE })
  for await (const page of installWalk(tab, connector.sandbox.wazzup.marketplaceUrl))
    if (page === 'connected') break
  hurry()
  await tab.getByText(ending).waitFor({ timeout: 120_000 })
  const width = await tab.evaluate<number>('document.documentElement.scrollWidth')
  expect(width).toBeLessThanOrEqual(PHONE.width)
  await shoot(tab, 'phone')
})
