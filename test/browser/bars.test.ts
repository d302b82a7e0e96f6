import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PageServer, startPageServer } from '../http/public/pages/page-server.ts'
import { uploadPage } from '../http/public/pages/upload-pages.ts'
import { launchChromium } from '../support/chromium.ts'
import type { Engine } from '../support/engines/tab.ts'
import { ENGINES, titleOf } from './engines/in-each-engine.ts'
import { openTab } from './open-tab.ts'
import { LONG } from '../support/long.ts'

const SIZE = { width: 900, height: 1200 }
const SHARE = 0.4

let browser: Browser
let server: PageServer
beforeAll(async () => {
  browser = await launchChromium()
  server = await startPageServer({
    bars: uploadPage('running', { status: 'running', read: SHARE * 100, total: 100 }),
    unknown: uploadPage('running', { status: 'running' }),
  })
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

interface Run {
  colour: [number, number, number]
  length: number
}

/** Every line of a picture as runs of one colour, as the browser itself reads them; from left to right. */
async function runsIn(png: Buffer): Promise<Run[][]> {
  const { tab } = await openTab(browser)
  // A text: so many small values one by one would take seconds.
  const lines = await tab.evaluate<string>(`(async () => {
    const image = new Image()
    image.src = 'data:image/png;base64,${png.toString('base64')}'
    await image.decode()
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')
    context.drawImage(image, 0, 0)
    const { data } = context.getImageData(0, 0, image.width, image.height)
    const pixels = new Uint32Array(data.buffer)
    return JSON.stringify(Array.from({ length: image.height }, (_, y) => {
      const runs = []
      let began = y * image.width
      const end = began + image.width
      for (let at = began + 1; at <= end; at++) {
        if (at < end && pixels[at] === pixels[began]) continue
        runs.push({ colour: [...data.subarray(began * 4, began * 4 + 3)], length: at - began })
        began = at
      }
      return runs
    }))
  })()`)
  return JSON.parse(lines) as Run[][]
}

/** WCAG 2.2, relative luminance. */
const luminance = ([r, g, b]: Run['colour']) => {
  const linear = (value: number) =>
    value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}
const contrast = (one: Run['colour'], other: Run['colour']) => {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

/** The lines of the picture that go through a bar: a long piece, then one that is longer as the rest of it is. */
const barsIn = (lines: Run[][]) =>
  lines.flatMap((runs) =>
    runs.flatMap((fill, i) => {
      const track = runs[i + 1]
      const fits = track !== undefined && Math.abs(fill.length / (fill.length + track.length) - SHARE) < 0.01
      return fits && fill.length > 100 ? [{ fill: fill.colour, track: track.colour }] : []
    }),
  )

const inChromium = async (page: string, dark: boolean) => {
  const { tab } = await openTab(browser, {
    ...{ viewport: SIZE, colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' },
  })
  await tab.goto(`${server.origin}/${page}`)
  return tab.screenshot()
}

const inEngine = (engine: Engine) => async (page: string, dark: boolean) => {
  const other = await engine.launch({ dark })
  try {
    const tab = await other.openTab()
    await tab.resize(SIZE.width, SIZE.height)
    await tab.goto(`${server.origin}/${page}`)
    return await tab.screenshot()
  } finally {
    await other.close()
  }
}

describe.each([
  { name: 'Chromium', shoot: inChromium, here: true },
  ...ENGINES.map((engine) => ({ name: titleOf(engine), shoot: inEngine(engine), here: engine.here })),
])('in $name', ({ shoot, here }) => {
  for (const { scheme, dark, ...when } of [
    { scheme: 'light', dark: false, ...LONG },
    { scheme: 'dark', dark: true },
  ])
    test.skipIf(!here)(`how far a bar has got can be seen, ${scheme}`, when, async () => {
      const lines = await runsIn(await shoot('bars', dark))
      // The ground in the corner: the page is really dark, or really light.
      expect(luminance(lines[0]?.[0]?.colour ?? [128, 128, 128]) < 0.1).toBe(dark)
      const bars = barsIn(lines)
      // Five bars of some pixels each.
      expect(bars.length).toBeGreaterThan(5 * 4)
      for (const { fill, track } of bars) expect(contrast(fill, track)).toBeGreaterThanOrEqual(3)
    })
})

test.each<[string, object]>([
  ['where movement is welcome', { reducedMotion: 'no-preference' }],
  ['where it is not', { reducedMotion: 'reduce' }],
])(
  'a bar that nobody knows the end of looks like neither an empty nor a full one, %s',
  async (_where, options) => {
    const { tab } = await openTab(browser, options)
    await tab.goto(`${server.origin}/unknown`)
    const moves = await tab.evaluate<number>("document.querySelector('progress').getAnimations().length")
    expect(moves).toBe('reducedMotion' in options && options.reducedMotion === 'reduce' ? 0 : 1)
    const lines = await runsIn(await tab.locator('progress').first().screenshot())
    const colours = new Set(lines[Math.floor(lines.length / 2)]?.map(({ colour }) => colour.join()))
    expect(colours.size).toBeGreaterThan(1)
  },
)

test('in forced colours a bar has a frame, and a fill of the colours that the person has chosen', async () => {
  const { tab } = await openTab(browser, { forcedColors: 'active', reducedMotion: 'reduce' })
  await tab.goto(`${server.origin}/bars`)
  const lines = await runsIn(await tab.locator('progress').first().screenshot())
  const middle = lines[Math.floor(lines.length / 2)] ?? []
  const [fill, track] = middle.filter(({ length }) => length > 100)
  expect(fill && track && contrast(fill.colour, track.colour)).toBeGreaterThanOrEqual(3)
})
