import axe from 'axe-core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { launchChromium } from '../support/chromium.ts'
import { startConnector } from '../support/connector.ts'
import { installWalk } from './install-walk.ts'
import { openTab, PHONE } from './open-tab.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

/** A connector whose upload stops to breathe after every batch of contacts, so that there is something to see. */
async function slowConnector() {
  const connector = await startConnector({ exports: { sizes: { acme: { contacts: 1500, deals: 100 } } } })
  onTestFinished(() => connector.stop())
  const slow = Array.from({ length: 15 }, () => fault.slow(400))
  connector.sandbox.wazzup.faultsOn('POST', '/v3/contacts').push(...slow)
  return connector
}

const valueOf = `document.querySelector('[data-kind=contacts] progress')?.value ?? 0`
const ending = 'Everything has been passed on.'

test('the bars move by themselves, and say at last that everything has been passed on', async () => {
  const connector = await slowConnector()
  const { tab, complaints, origins } = await openTab(browser)
  for await (const page of installWalk(tab, connector.sandbox.wazzup.marketplaceUrl))
    if (page === 'connected') break
  const seen = new Set<number>()
  let shot = false
  await expect
    .poll(
      async () => {
        const value = await tab.evaluate<number>(valueOf).catch(() => 0)
        seen.add(value)
        if (!shot && value > 300) {
          shot = true
          await tab.screenshot({ path: '/tmp/upload-bars.png' })
          await tab.evaluate(axe.source)
          const { violations } = await tab.evaluate<{ violations: { id: string }[] }>('axe.run()')
          expect(violations.map(({ id }) => id)).toEqual([])
        }
        return tab.getByText(ending).count()
      },
      { timeout: 60_000, interval: 100 },
    )
    .toBe(1)
  expect(seen.size).toBeGreaterThan(3)
  await tab.screenshot({ path: '/tmp/upload-ended.png' })
  expect(complaints).toEqual([])
  expect([...origins]).not.toContain('null')
}, 120_000)

test('without JavaScript the page looks again by itself, and fits on a small phone', async () => {
  const connector = await slowConnector()
  const { tab } = await openTab(browser, { javaScriptEnabled: false, viewport: PHONE })
  for await (const page of installWalk(tab, connector.sandbox.wazzup.marketplaceUrl))
    if (page === 'connected') break
  await tab.getByText(ending).waitFor({ timeout: 60_000 })
  const width = await tab.evaluate<number>('document.documentElement.scrollWidth')
  expect(width).toBeLessThanOrEqual(PHONE.width)
  await tab.screenshot({ path: '/tmp/upload-phone.png' })
}, 120_000)
