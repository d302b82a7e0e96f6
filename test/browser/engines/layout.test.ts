// @module-tag long
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LOCALES } from '../../../src/http/public/pages/choose-locale.ts'
import { everyPage } from '../../http/public/pages/every-page.ts'
import { type PageServer, startPageServer } from '../../http/public/pages/page-server.ts'
import { uploadPages } from '../../http/public/pages/upload-pages.ts'
import { BROKEN_WORDS } from '../broken-words.ts'
import { PHONE } from '../open-tab.ts'
import { browserFor, inEachEngine } from './in-each-engine.ts'

const shown = { ...everyPage(), ...uploadPages() }

let server: PageServer
beforeAll(async () => {
  server = await startPageServer(shown)
})
afterAll(() => server.close())

const STICKS_OUT = 'document.documentElement.scrollWidth > innerWidth'

inEachEngine((engine) => {
  const openTab = browserFor(engine)

  test.each(LOCALES)('no page breaks a word or sticks out on a small phone: %s', async (lang) => {
    const tab = await openTab()
    await tab.resize(PHONE.width, PHONE.height)
    // An engine may not have windows that narrow, but nearly.
    await expect.poll(() => tab.evaluate<number>('innerWidth')).toBeLessThan(340)
    const found: Record<string, unknown> = {}
    for (const name of Object.keys(shown)) {
      await tab.goto(`${server.origin}/${name}?lang=${lang}`)
      found[name] = await tab.evaluate(`[...${BROKEN_WORDS}, ...(${STICKS_OUT} ? ['sticks out'] : [])]`)
    }
    expect(found).toEqual(Object.fromEntries(Object.keys(shown).map((name) => [name, []])))
  })
})
