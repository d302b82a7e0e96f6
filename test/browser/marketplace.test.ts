import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { builtCommand, BUILDING, runWauth } from '../support/built-command.ts'
import { launchChromium } from '../support/chromium.ts'
import { moduleAtHand, SECRET } from '../cli/module/module-at-hand.ts'
import { openTab } from './open-tab.ts'
import { eachOfFirst } from '../support/long.ts'

const LOGOS = join(import.meta.dirname, '../cli/module/logos/good')

let browser: Browser
beforeAll(builtCommand, BUILDING)
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

eachOfFirst(1)([
  ['mark.svg', 'Acme CRM'],
  ['wide-on-white.svg', 'Wide Logo CRM'],
])('a customer sees the logo and the name that wauth module brand has sent: %s', async (file, name) => {
  const { wazzup, env, cwd } = await moduleAtHand({ module: { crmCode: 'acme-crm', secret: SECRET } })
  const sent = await runWauth(['module', 'brand', '--name', name, '--logo', join(LOGOS, file), '--yes'], {
    env,
    cwd,
  })
  expect(sent).toMatchObject({ code: 0, stderr: '' })

  const { tab, complaints } = await openTab(browser)
  await tab.goto(wazzup.marketplaceUrl)
  const logo = tab.locator('img.logo')
  // Scripts of a page are texts here: the project does not know the types of a browser.
  await tab.evaluate("document.querySelector('img.logo').decode()")
  expect(await tab.evaluate("document.querySelector('img.logo').naturalWidth")).toBeGreaterThan(0)
  expect(await tab.getByRole('heading', { name }).isVisible()).toBe(true)
  // A picture of one colour would be a blank one.
  expect(await coloursIn(await logo.screenshot(), tab)).toBeGreaterThan(2)
  expect(complaints).toEqual([])
  const shots = process.env['WAUTH_TEST_SCREENSHOTS']
  if (!shots) return
  await mkdir(shots, { recursive: true })
  await tab.screenshot({ path: join(shots, `marketplace-${file}.png`) })
})

type Tab = Awaited<ReturnType<typeof openTab>>['tab']

/** How many colours a picture shows, as the browser itself reads it. */
const coloursIn = (png: Buffer, tab: Tab): Promise<number> =>
  tab.evaluate<number>(`(async () => {
    const image = new Image()
    image.src = 'data:image/png;base64,${png.toString('base64')}'
    await image.decode()
    const canvas = new OffscreenCanvas(image.width, image.height)
    const context = canvas.getContext('2d')
    context.drawImage(image, 0, 0)
    const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer)
    return new Set(pixels).size
  })()`)
