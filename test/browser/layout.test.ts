import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LOCALES } from '../../src/http/public/pages/choose-locale.ts'
import { EVERY_BUILD, everyPage } from '../http/public/pages/every-page.ts'
import { type PageServer, startPageServer } from '../http/public/pages/page-server.ts'
import { uploadPages } from '../http/public/pages/upload-pages.ts'
import { launchChromium } from '../support/chromium.ts'
import { BROKEN_WORDS } from './broken-words.ts'
import { openTab } from './open-tab.ts'
import { eachOfFirst } from '../support/long.ts'

const shown = { ...everyPage(), ...uploadPages() }
const NAMES = new Set([...EVERY_BUILD, ...Object.keys(shown)])

let browser: Browser
let server: PageServer
beforeAll(async () => {
  browser = await launchChromium()
  server = await startPageServer(shown)
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

const WIDTH = 'document.documentElement.scrollWidth'

eachOfFirst(EVERY_BUILD.length)([...NAMES])(
  '%s breaks no word and sticks out nowhere, in every language',
  async (name) => {
    const { tab } = await openTab(browser)
    for (const lang of LOCALES) {
      await tab.goto(`${server.origin}/${name}?lang=${lang}`)
      for (const width of [320, 360, 390, 430]) {
        await tab.setViewportSize({ width, height: 800 })
        expect([lang, width, await tab.evaluate(BROKEN_WORDS)]).toEqual([lang, width, []])
        expect([lang, width, await tab.evaluate(WIDTH)]).toEqual([lang, width, width])
      }
    }
  },
)

test('a word that is broken is seen', async () => {
  const { tab } = await openTab(browser, { bypassCSP: true })
  await tab.goto(`${server.origin}/confirm`)
  await tab.addStyleTag({ content: 'h1 { width: 4rem; overflow-wrap: anywhere }' })
  expect(await tab.evaluate(BROKEN_WORDS)).toContain('Connect')
})
