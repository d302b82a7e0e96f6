import { createApp } from '../../src/app.ts'
import { realEnvironment, type Environment } from '../../src/compose/environment.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { createBrowser, type Browser } from '../../src/sandbox/browser/create-browser.ts'
import { loadSettings } from '../../src/settings.ts'
import { after } from '../../src/shared/clock.ts'
import { openStore } from '../../src/store/index.ts'
import { openedKey } from './attempts.ts'
import { fixtureFor, untilTestEnds, type Tests } from './fixture.ts'
import { collectLog } from './log-lines.ts'
import { startSetUp, type SetUpOptions } from './set-up.ts'

export interface ConnectorOptions extends SetUpOptions {
  /** The login methods to choose from. */
  engines?: Parameters<typeof loadSettings>[1]
  overrides?: Partial<Environment>
}

export type TestConnector = Awaited<ReturnType<typeof startConnector>>

/** The real service in this process, with the simulator and the demo CRM beside it. Time can be moved, and its clock set. */
async function startConnector({ overrides = {}, engines, ...options }: ConnectorOptions = {}) {
  const { url, sandbox, folder, database, env: environment, stop } = await startSetUp(options)
  const settings = loadSettings({ env: environment, readFile: () => '' }, engines)
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
    ...overrides,
  }
  const app = await createApp(settings, createLogger('trace', log.destination), used)
  const { internalAddress } = await app.start()
  const store = await openStore(settings, { clock })
  return {
    ...{ url, sandbox, settings, log, folder, environment, app, store, internalUrl: internalAddress },
    /** Changes the database behind the service's back. */
    order: database.order,
    /** A second pair of eyes on the database: what does this crmKey resolve to? */
    keyOf: (crmKey: string) => openedKey(store, crmKey),
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
      await stop()
    },
  }
}

/** A connector for each test of this file or block, or one for all of them. */
export const connectorFor = (
  tests: Tests,
  options?: ConnectorOptions | (() => Promise<ConnectorOptions>),
): TestConnector =>
  fixtureFor(tests, async () => startConnector(typeof options === 'function' ? await options() : options))

/** A connector for the running test. */
export const connectorAtHand = (options?: ConnectorOptions): Promise<TestConnector> =>
  untilTestEnds(startConnector(options))

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

/** Takes the way back to the login of the demo CRM, which the page offers, and logs in there. */
export async function logInAgain(browser: Browser, user: string) {
  const again = browser.page.links.find(({ href }) => href.endsWith('?retry=login'))
  if (!again) throw new Error('no way to log in again')
  await browser.follow(again)
  const login = browser.page.forms.find((form) => 'user' in form.choices)
  if (!login) throw new Error('no login form')
  await browser.submit(login, { user })
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
