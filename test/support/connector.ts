import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createApp } from '../../src/app.ts'
import { realEnvironment, type Environment } from '../../src/compose/environment.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { createBrowser, type Browser } from '../../src/sandbox/browser/create-browser.ts'
import { startSandbox, type SandboxOptions } from '../../src/sandbox/start-sandbox.ts'
import { loadSettings } from '../../src/settings.ts'
import { after } from '../../src/shared/clock.ts'
import { openStore } from '../../src/store/index.ts'
import { freePort } from './free-port.ts'
import { openedKey } from './attempts.ts'
import { databaseFor } from './database-for.ts'
import { collectLog } from './log-lines.ts'
import { tempDir } from './temp-dir.ts'

export interface ConnectorOptions extends Omit<SandboxOptions, 'connectorUrl'> {
  /** Puts a reverse proxy before it, and says where customers find it then. */
  behind?: (target: string) => Promise<string>
  env?: Record<string, string>
  overrides?: Partial<Environment>
}

export type TestConnector = Awaited<ReturnType<typeof startConnector>>

/** The environment of a service on this machine: everything that the sandbox does not say. */
export const serviceEnvironment = (url: string, port: number, folder: string): Record<string, string> => ({
  NODE_ENV: 'development',
  PUBLIC_URL: url,
  HOST: '127.0.0.1',
  PORT: String(port),
  INTERNAL_PORT: '0',
  DATABASE_URL: `file:${join(folder, 'wauth.db')}`,
  ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
  LOG_LEVEL: 'trace',
  SHUTDOWN_DELAY: '0',
})

/** What the demo CRM exports when a test does not say: enough that every step has something to send, over in no time. */
export const SMALL_EXPORTS = {
  sizes: { acme: { contacts: 3, deals: 2 }, nordwind: { contacts: 3, deals: 2 } },
}

/** The real service in this process, with the simulator and the demo CRM beside it. Time can be moved, and its clock set. */
export async function startConnector(options: ConnectorOptions = {}) {
  const { env = {}, overrides = {}, behind, ...sandboxOptions } = options
  const folder = await tempDir()
  const database = await databaseFor(folder.path)
  const port = await freePort()
  const own = `http://127.0.0.1:${port}`
  const url = (await behind?.(own)) ?? own
  const sandbox = await startSandbox({
    ...{ exports: SMALL_EXPORTS, ...sandboxOptions },
    connectorUrl: env['PUBLIC_URL'] ?? url,
  })
  const environment: Record<string, string> = {
    ...{ ...sandbox.environment, ...serviceEnvironment(url, port, folder.path), DATABASE_URL: database.url },
    ...env,
  }
  const settings = loadSettings({ env: environment, readFile: () => '' })
  const log = collectLog()
  let [passed, wrong] = [0, 0]
  const clock = () => after(new Date(), passed + wrong)
  const used: Environment = {
    ...realEnvironment,
    clock,
    monotonic: () => performance.now() + passed,
    jitter: () => 0.99,
    // It would go on watching when the test is over.
    registerProcess: () => undefined,
    connectLimits: { deadline: 1000, maxAnswer: 64 * 1024 },
    ...overrides,
  }
  const app = await createApp(settings, createLogger('trace', log.destination), used)
  const { internalAddress } = await app.start()
  const store = await openStore(settings, { clock })
  return {
    ...{
      url,
      sandbox,
      settings,
      log,
      folder: folder.path,
      internalUrl: internalAddress,
      environment,
      app,
      store,
    },
    /** Changes the database behind the service's back. */
    order: database.order,
    /** A second pair of eyes on the database: what does this crmKey resolve to? */
    keyOf: (crmKey: string) => openedKey(store, crmKey, clock()),
    /** So many milliseconds pass at once, for the service and for its database. */
    moveTime: async (ms: number) => {
      passed += ms
      await database.moveTime(ms)
    },
    /** Somebody sets the clock of the service's machine. */
    setClock: (ms: number) => {
      wrong += ms
    },
    async stop() {
      await app.stop()
      await store.close()
      await sandbox.close()
      await database.remove()
      await folder.remove()
    },
  }
}

/** Up to the confirm page, with a state of the simulator's own, as this user of the demo CRM. */
export async function walkToConfirm(
  { url, sandbox }: Pick<TestConnector, 'url' | 'sandbox'>,
  {
    state,
    user = 'acme-admin',
    browser = createBrowser(),
  }: { state?: string; user?: string; browser?: Browser } = {},
) {
  const token = state ?? (await sandbox.wazzup.mintState())
  await browser.get(`${url}/wauth?state=${encodeURIComponent(token)}`)
  const login = browser.page.forms.find((form) => 'user' in form.fields || 'user' in form.choices)
  if (login) await browser.submit(login, { user })
  return { browser, state: token }
}

/** Ticks what the page asks for, as a browser without scripts has to, and presses the button: «Connect», or «Try again». */
export function pressConfirm(browser: Browser) {
  const form = browser.page.form('/confirm')
  if (!form) throw new Error(`no confirm form on «${browser.page.title}» (${browser.page.status})`)
  return browser.submit(form, 'aware' in form.choices ? { aware: 'on' } : {})
}

/** The result as a program reads it. */
export async function resultOf(
  browser: Browser,
): Promise<{ httpStatus: number; status: string; reason: string | null }> {
  const { status, body } = await browser.fetch(browser.page.url, { accept: 'application/json' })
  return { httpStatus: status, ...(JSON.parse(body) as { status: string; reason: string | null }) }
}
