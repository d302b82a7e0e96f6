import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page as Tab } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LOCALES } from '../../src/http/public/pages/choose-locale.ts'
import { confirmPage } from '../http/public/pages/every-page.ts'
import { type PageServer, startPageServer } from '../http/public/pages/page-server.ts'
import { launchChromium } from '../support/chromium.ts'
import { openTab } from './open-tab.ts'
import { eachOfFirst } from '../support/long.ts'

const replaces = { wazzupAccountId: '11223344', connectedAt: new Date('2026-03-03T10:00:00Z') }

let browser: Browser
let server: PageServer
beforeAll(async () => {
  browser = await launchChromium()
  server = await startPageServer({
    plain: confirmPage(),
    replacing: confirmPage({ replaces }),
    held: confirmPage({ isHeldElsewhere: true }),
    both: confirmPage({ isHeldElsewhere: true, replaces }),
  })
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

/** How far down the page the lower edge of a button is. */
async function lowerEdge(tab: Tab, form: string): Promise<number> {
  const box = await tab.locator(`${form} button`).boundingBox()
  return box ? box.y + box.height : Infinity
}

const SCREENS: [string, { width: number; height: number }, string[]][] = [
  ['a phone', { width: 390, height: 844 }, ['plain', 'replacing', 'held', 'both']],
  ['the smallest phone', { width: 320, height: 568 }, ['plain']],
  ['a desktop', { width: 1280, height: 800 }, ['plain', 'replacing', 'held', 'both']],
]

eachOfFirst(2)(SCREENS)('both answers stand on the first screen of %s', async (_screen, viewport, pages) => {
  const { tab } = await openTab(browser, { viewport })
  for (const page of pages)
    for (const lang of LOCALES) {
      await tab.goto(`${server.origin}/${page}?lang=${lang}`)
      const edges = [await lowerEdge(tab, '#consent'), await lowerEdge(tab, 'form:not(#consent)')]
      expect(Math.max(...edges), `${page} in ${lang}`).toBeLessThanOrEqual(viewport.height)
    }
})

test('the time left stands beside the buttons, where there is room', async () => {
  const { tab } = await openTab(browser)
  await tab.goto(`${server.origin}/plain`)
  const [button, time] = await Promise.all([
    tab.locator('#consent button').boundingBox(),
    tab.getByText('You have 9 minutes left to decide.').boundingBox(),
  ])
  expect(time?.y ?? 0).toBeGreaterThan(button?.y ?? Infinity)
  expect((time?.y ?? 0) + (time?.height ?? 0)).toBeLessThan((button?.y ?? 0) + (button?.height ?? 0))
})

describe('a page at 200 % of a desktop', () => {
  // The browser lays a page out for half as many pixels, and paints each twice as large.
  const zoomed: BrowserContextOptions = { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }

  eachOfFirst(1)(['light', 'dark'] as const)('fits and is in order, %s', async (colorScheme) => {
    const { tab } = await openTab(browser, { ...zoomed, colorScheme, bypassCSP: true })
    for (const lang of LOCALES) {
      await tab.goto(`${server.origin}/both?lang=${lang}`)
      expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(640)
      await tab.evaluate(axe.source)
      const { violations } = await tab.evaluate<axe.AxeResults>('axe.run()')
      expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([])
    }
  })
})
