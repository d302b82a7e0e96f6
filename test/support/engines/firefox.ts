import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { installed } from '../installed.ts'
import { tempDir } from '../temp-dir.ts'
import { connectBidi, type Send } from './bidi.ts'
import { clicks, keystrokes } from './gestures.ts'
import type { Cookie, Engine, LaunchOptions, Tab } from './tab.ts'

const program = installed('firefox', 'firefox-esr')

/** Without a page of its own, and without a way to anything but this machine. */
const prefs = ({ scripts = true, dark = false }: LaunchOptions) => ({
  'javascript.enabled': scripts,
  'ui.systemUsesDarkTheme': dark ? 1 : 0,
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.proxy.type': 1,
  'network.proxy.http': '127.0.0.1',
  'network.proxy.http_port': 9,
  'network.proxy.ssl': '127.0.0.1',
  'network.proxy.ssl_port': 9,
})

export const firefox: Engine = {
  name: 'Firefox',
  here: program !== undefined,
  async launch(options = {}) {
    const profile = await tempDir()
    const lines = Object.entries(prefs(options)).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
    )
    await writeFile(join(profile.path, 'user.js'), lines.join('\n'))
    const child = spawn(
      program ?? '',
      ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile.path],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile.path } },
    )
    const gone = once(child, 'exit')
    const { send, close } = await connectBidi(`${await addressOf(child)}/session`)
    await send('session.new', { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } })
    return {
      openTab: () => openTab(send),
      async close() {
        await send('browser.close', {})
        await gone
        close()
        await profile.remove()
      },
    }
  },
}

/** The line in which it says where it listens; it goes on talking. */
async function addressOf(child: ChildProcess): Promise<string> {
  const said: string[] = []
  for await (const line of createInterface({ input: child.stderr as Readable })) {
    said.push(line)
    const address = /WebDriver BiDi listening on (ws:\S+)/.exec(line)?.[1]
    if (address === undefined) continue
    child.stderr?.resume()
    return address
  }
  throw new Error(`Firefox has ended: ${said.join('\n')}`)
}

async function openTab(send: Send): Promise<Tab> {
  const { userContext } = await send<{ userContext: string }>('browser.createUserContext', {
    acceptInsecureCerts: true,
  })
  const { context } = await send<{ context: string }>('browsingContext.create', { type: 'tab', userContext })
  const inTab = <T>(method: string, params: object = {}) => send<T>(method, { context, ...params })
  const act = (actions: object[]) => inTab('input.performActions', { actions })
  return {
    goto: (url) => inTab('browsingContext.navigate', { url, wait: 'complete' }).then(done),
    reload: () => inTab('browsingContext.reload', { wait: 'complete' }).then(done),
    back: () => inTab('browsingContext.traverseHistory', { delta: -1 }).then(done),
    evaluate: (expression) => evaluate(send, context, expression),
    click: (at, times = 1) => act(clicks(at, times)).then(done),
    type: (...keys) => act(keystrokes(keys)).then(done),
    async cookies() {
      const partition = { type: 'storageKey', userContext }
      return (await send<{ cookies: Cookie[] }>('storage.getCookies', { partition })).cookies
    },
    resize: (width, height) =>
      inTab('browsingContext.setViewport', { viewport: { width, height } }).then(done),
    screenshot: async () => {
      const { data } = await inTab<{ data: string }>('browsingContext.captureScreenshot')
      return Buffer.from(data, 'base64')
    },
    close: () => send('browser.removeUserContext', { userContext }).then(done),
  }
}

const done = () => undefined

type Evaluated =
  { type: 'success'; result: { value: string } } | { type: 'exception'; exceptionDetails: { text: string } }

async function evaluate<T>(send: Send, context: string, expression: string): Promise<T> {
  const answer = await send<Evaluated>('script.evaluate', {
    ...{ expression: `JSON.stringify(${expression}) ?? 'null'`, awaitPromise: false },
    target: { context },
  })
  if (answer.type === 'exception') throw new Error(answer.exceptionDetails.text)
  return JSON.parse(answer.result.value) as T
}
