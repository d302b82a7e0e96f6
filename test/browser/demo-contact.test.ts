import axe from 'axe-core'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { crmAtHand } from '../sandbox/crm/crm-at-hand.ts'
import { launchChromium } from '../support/chromium.ts'
import { openTab } from './open-tab.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

test.each([375, 1280])(
  'who renames a contact in the demo CRM sees that it was saved: %i px',
  async (width) => {
    const { crm } = await crmAtHand()
    // The policy of the page would keep axe out.
    const { tab, complaints } = await openTab(browser, { viewport: { width, height: 700 }, bypassCSP: true })
    await tab.goto(`${crm.url}/contacts/acme-contact-000001`)
    expect(await tab.getByRole('status').count()).toBe(0)
    await tab.getByLabel('Name').fill('Anna Keller-Ortiz')
    await tab.getByRole('button', { name: 'Save' }).click()
    const told = tab.getByRole('status')
    await told.waitFor()
    expect([await told.textContent(), await told.isVisible()]).toEqual(['Saved.', true])
    expect(await tab.getByLabel('Name').inputValue()).toBe('Anna Keller-Ortiz')
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(width)
    await tab.evaluate(axe.source)
    const { violations } = await tab.evaluate<axe.AxeResults>('axe.run()')
    expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([])
    expect(complaints).toEqual([])
    const shots = process.env['WAUTH_TEST_SCREENSHOTS']
    if (!shots) return
    await mkdir(shots, { recursive: true })
    await tab.screenshot({ path: join(shots, `demo-contact-${width}.png`) })
  },
)
