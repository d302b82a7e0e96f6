import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page as Tab } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from '../../src/http/public/pages/model.ts'
import { EVERY_BUILD, everyPage, resultPage } from '../http/public/pages/every-page.ts'
import { type PageServer, startPageServer } from '../http/public/pages/page-server.ts'
import { launchChromium } from '../support/chromium.ts'
import { wasLeft } from './open-tab.ts'
import { eachOfFirst } from '../support/long.ts'

/** By name; tests may add theirs, and change them while they are shown. */
const shown: Record<string, Page> = everyPage()

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

const inTab = async (options: BrowserContextOptions, use: (tab: Tab) => Promise<void>) => {
  const context = await browser.newContext({ locale: 'en-US', ...options })
  try {
    await use(await context.newPage())
  } finally {
    await context.close()
  }
}

const DESKTOP = { width: 1280, height: 800 }
const PHONE = { width: 320, height: 640 }
const EVERY_NAME = Object.keys(everyPage())
const SCREENS: [string, BrowserContextOptions][] = [
  ['a desktop, light', { viewport: DESKTOP, colorScheme: 'light' }],
  ['a desktop, dark', { viewport: DESKTOP, colorScheme: 'dark' }],
  ['a small phone, light', { viewport: PHONE, colorScheme: 'light' }],
  ['a small phone, dark', { viewport: PHONE, colorScheme: 'dark', locale: 'ru-RU' }],
]

/** `npm test` has each size, each colour scheme and each build; `npm run test:long` every page, and the other pairs. */
const IN_EACH_RUN: Record<string, string[]> = {
  'a desktop, light': EVERY_BUILD.filter((_, i) => i % 2 === 0),
  'a small phone, dark': EVERY_BUILD.filter((_, i) => i % 2 === 1),
}

describe.each(SCREENS)('on %s', (screen, options) => {
  const short = IN_EACH_RUN[screen] ?? []
  const all = screen === 'a desktop, light' ? EVERY_NAME : EVERY_BUILD
  const others = all.filter((name) => !short.includes(name))
  eachOfFirst(short.length)([...short, ...others])('axe finds nothing on %s', findsNothing)

  async function findsNothing(name: string) {
    // The policy of the pages would keep axe out; that it keeps others out is tested below.
    await inTab({ ...options, bypassCSP: true, reducedMotion: 'reduce' }, async (tab) => {
      await tab.goto(`${server.origin}/${name}`)
      await tab.evaluate(axe.source)
      const { passes, violations } = await tab.evaluate<axe.AxeResults>('axe.run()')
      expect(passes.map(({ id }) => id)).toContain('color-contrast')
      expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([])
    })
  }
})

test('everything that can be pressed is at least 44 px high', async () => {
  await inTab({ viewport: PHONE }, async (tab) => {
    await tab.goto(`${server.origin}/confirm`)
    const boxes = await Promise.all(
      (await tab.locator('a, button').all()).map((target) => target.boundingBox()),
    )
    expect(boxes.map((box) => box?.height ?? 0).filter((height) => height < 44)).toEqual([])
  })
})

test('no page breaks the content policy, complains, or asks another origin for anything', async () => {
  await inTab({}, async (tab) => {
    const complaints: string[] = []
    const strangers: string[] = []
    tab.on('console', (message) => complaints.push(message.text()))
    tab.on('pageerror', (error) => complaints.push(error.message))
    tab.on('requestfailed', (request) => {
      if (!wasLeft(request)) complaints.push(`failed: ${request.url()}`)
    })
    tab.on('request', (request) => {
      if (new URL(request.url()).origin !== server.origin) strangers.push(request.url())
    })
    for (const name of EVERY_NAME) {
      await tab.goto(`${server.origin}/${name}`)
    }
    expect(complaints).toEqual([])
    expect(strangers).toEqual([])
  })
})

test('the content policy is in force here: inline code does not run', async () => {
  await inTab({}, async (tab) => {
    await tab.goto(`${server.origin}/confirm`)
    await tab.evaluate(`document.body.insertAdjacentHTML('beforeend', '<p id="x" style="color:red">x</p>')`)
    const color = await tab.evaluate<string>(`getComputedStyle(document.getElementById('x')).color`)
    expect(color).not.toBe('rgb(255, 0, 0)')
  })
})

test('the Tab key reaches the way out of a wrong identity, then “Connect”, “Cancel” and the languages', async () => {
  await inTab({}, async (tab) => {
    await tab.goto(`${server.origin}/confirm`)
    const reached: string[] = []
    for (let presses = 0; presses < 4; presses++) {
      await tab.keyboard.press('Tab')
      reached.push(await tab.evaluate<string>('document.activeElement.textContent.trim()'))
    }
    expect(reached).toEqual(['Not you? Log in as somebody else', 'Connect', 'Cancel', 'English'])
  })
})

test('the language switch changes the language and stays on the page', async () => {
  await inTab({}, async (tab) => {
    await tab.goto(`${server.origin}/connected`)
    await tab.getByRole('link', { name: 'Español' }).click()
    await expect.poll(() => tab.getByRole('heading', { level: 1 }).textContent()).toBe('Conectada')
    expect(new URL(tab.url()).pathname).toBe('/connected')
  })
})

describe('a pending result', () => {
  test.each([
    ['with JavaScript', true],
    ['without JavaScript', false],
  ])('becomes the final one by itself, %s', async (_how, javaScriptEnabled) => {
    const name = `settling-${javaScriptEnabled}`
    shown[name] = resultPage({ status: 'pending' })
    await inTab({ javaScriptEnabled }, async (tab) => {
      await tab.goto(`${server.origin}/${name}`)
      const title = tab.getByRole('heading', { level: 1 })
      expect(await title.textContent()).toBe('Connecting…')
      shown[name] = resultPage()
      await expect.poll(() => title.textContent(), { timeout: 120_000 }).toBe('Connected')
    })
  })

  test('tells a screen reader that it is still at work', async () => {
    await inTab({}, async (tab) => {
      await tab.clock.install()
      await tab.goto(`${server.origin}/pending`)
      const said = () => tab.locator('#watch[role=status]').textContent()
      expect(await said()).toBe('')
      await expect
        .poll(async () => {
          await tab.clock.fastForward(15_000)
          return said()
        })
        .toBe('Still working on it…')
    })
  })

  test('tells when the service cannot be reached, and keeps trying', async () => {
    shown['offline'] = resultPage({ status: 'pending' })
    await inTab({}, async (tab) => {
      await tab.goto(`${server.origin}/offline`)
      await tab.context().setOffline(true)
      const status = tab.locator('#watch[role=status]')
      await expect.poll(() => status.textContent(), { timeout: 120_000 }).toContain('We keep trying')
      shown['offline'] = resultPage()
      await tab.context().setOffline(false)
      const title = tab.getByRole('heading', { level: 1 })
      await expect.poll(() => title.textContent(), { timeout: 120_000 }).toBe('Connected')
    })
  })
})
