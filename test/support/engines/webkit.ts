import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { freePort } from '../free-port.ts'
import { installed } from '../installed.ts'
import { startForeign } from '../providers/foreign-program.ts'
import { tempDir } from '../temp-dir.ts'
import { startDisplay, xvfb } from './display.ts'
import { clicks, keystrokes } from './gestures.ts'
import type { Cookie, Engine, LaunchOptions, Tab } from './tab.ts'

const program = installed('WebKitWebDriver')

/** Its window shows the page and nothing else, so that it can be narrow. */
const args = ({ scripts = true, dark = false }: LaunchOptions) => [
  ...['--automation', '--full-screen', `--enable-javascript=${scripts}`],
  ...(dark ? ['--dark-mode'] : []),
]

/** The WebKit of GTK, in a small browser that is started for each tab. */
export const webkit: Engine = {
  name: 'WebKit',
  here: program !== undefined && xvfb !== undefined,
  async launch(options = {}) {
    const [home, display, port] = [await tempDir(), await startDisplay(), await freePort()]
    const driver = `http://127.0.0.1:${port}`
    const env = { DISPLAY: display.name, GDK_BACKEND: 'x11', HOME: home.path, NO_AT_BRIDGE: '1' }
    const running = await startForeign([program ?? '', `--port=${port}`], `${driver}/status`, env)
    return {
      openTab: () => openTab(driver, options),
      async close() {
        await running.end()
        await display.close()
        await home.remove()
      },
    }
  },
}

/** Asks the driver; throws what it says against it. */
async function ask<T>(method: 'GET' | 'POST' | 'DELETE', url: string, body?: object): Promise<T> {
  const answer = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) })
  const { value } = (await answer.json()) as { value: T & { error?: string; message?: string } }
  if (!answer.ok) throw new Error(`${method} ${url}: ${value.error ?? answer.status}: ${value.message ?? ''}`)
  return value
}

async function openTab(driver: string, options: LaunchOptions): Promise<Tab> {
  const { sessionId } = await ask<{ sessionId: string }>('POST', `${driver}/session`, {
    capabilities: {
      alwaysMatch: {
        acceptInsecureCerts: true,
        // After Back from another site WebKit takes a page that is complete for one that is still loading: every other
        // strategy would wait for it for ever.
        pageLoadStrategy: 'none',
        'webkitgtk:browserOptions': { args: args(options) },
      },
    },
  })
  const session = `${driver}/session/${sessionId}`
  const post = (command: string, body: object = {}): Promise<void> =>
    ask('POST', `${session}/${command}`, body)
  const evaluate = async <T>(expression: string) => {
    const script = `return JSON.stringify(${expression}) ?? 'null'`
    return JSON.parse(await ask<string>('POST', `${session}/execute/sync`, { script, args: [] })) as T
  }
  /** Goes elsewhere, and waits until another page than the one that was left is complete. */
  const leave = async (command: string, body?: object) => {
    const mark = randomUUID()
    await evaluate(`document.documentElement.dataset.left = '${mark}'`)
    await post(command, body)
    const arrived = `document.readyState === 'complete' && document.documentElement.dataset.left !== '${mark}'`
    await expect.poll(() => evaluate(arrived), { interval: 50 }).toBe(true)
  }
  return {
    goto: (url) => leave('url', { url }),
    reload: () => leave('refresh'),
    back: () => leave('back'),
    evaluate,
    click: async (at, times = 1) => {
      // A page that is complete, but has not been painted yet, loses a click.
      const paints = "performance.getEntriesByType('paint').length"
      await expect.poll(() => evaluate(paints), { interval: 50 }).toBeGreaterThan(0)
      await post('actions', { actions: clicks(at, times) })
    },
    type: (...keys) => post('actions', { actions: keystrokes(keys) }),
    cookies: () => ask<Cookie[]>('GET', `${session}/cookie`),
    resize: (width, height) => post('window/rect', { width, height }),
    screenshot: async () => Buffer.from(await ask<string>('GET', `${session}/screenshot`), 'base64'),
    close: () => ask('DELETE', session),
  }
}
