import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { createBrowser, type Browser } from '../../src/sandbox/browser/create-browser.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { startProcess, type ServiceProcess } from '../support/service-process.ts'
import { setUpFor } from '../support/set-up.ts'

/**
 * Every secret there is goes through success and failure in the real process, at the noisiest log level. Afterwards
 * each value is searched for wherever it must not be, as it is and in the encodings that software likes.
 */
describe.each([
  { login: 'oidc', loginSecrets: ['OIDC_CLIENT_SECRET'], oneTimeValues: ['code', 'nonce'] },
  { login: 'handoff', loginSecrets: ['HANDOFF_SECRET'], oneTimeValues: ['token', 'request'] },
] as const)('no secret gets out, with login by $login', ({ login, loginSecrets, oneTimeValues }) => {
  const setUp = setUpFor('all', {
    login,
    env: {
      INTERNAL_TOKEN: 'canary-internal-token-0123456789',
      WAZZUP_PARTNER_API_KEY: 'canary-partner-key-0123456789',
    },
  })
  let service: ServiceProcess

  const pages: { url: string; html: string; headers: string }[] = []
  const browsers: Browser[] = []

  beforeAll(async () => {
    service = await startProcess(setUp.env)
    await driveEverything()
  })

  const see = ({ page }: Browser) =>
    pages.push({ url: page.url, html: page.html, headers: JSON.stringify(page.headers) })

  async function driveEverything() {
    const { wazzup } = setUp.sandbox
    const faults = [
      [],
      [fault.refuse(400, { body: { error: 'NO' } })],
      [fault.refuse(401)],
      [fault.rateLimited()],
      [fault.processThen('reset')],
      [fault.processThen('server-error')],
      [fault.processThen('malformed')],
      [fault.redirect()],
    ]
    for (const each of faults) {
      const { browser } = await walkToConfirm(setUp)
      browsers.push(browser)
      see(browser)
      wazzup.faults.push(...each)
      await pressConfirm(browser)
      see(browser)
      await vi.waitFor(
        async () => {
          expect((await resultOf(browser)).status).not.toBe('pending')
        },
        { timeout: 120_000 },
      )
      see({ ...browser, page: await browser.get(browser.page.url) })
    }
    // A key that cannot be a header, errors of the HTTP layer, and addresses that carry secrets to the wrong place.
    wazzup.switches.keyData = 'line-break'
    const { browser, state } = await walkToConfirm(setUp)
    browsers.push(browser)
    await pressConfirm(browser)
    see(browser)
    const callback = browser.hops.find((hop) => hop.url.includes('/wauth/callback'))?.url ?? ''
    for (const address of [
      callback,
      `${setUp.url}/nowhere?state=${state}`,
      `${setUp.url}/%E0%A4%A?state=${state}`,
      `${setUp.url}/wauth?state=${state}&state=2`,
    ]) {
      const stranger = createBrowser()
      await stranger.get(address)
      see(stranger)
    }
  }

  /** Everything secret, by name. */
  async function canaries(): Promise<[string, string][]> {
    const parameter = (name: string) =>
      browsers.flatMap(({ hops }) => hops.flatMap((hop) => new URL(hop.url).searchParams.getAll(name)))
    const cookies = await Promise.all(browsers.map(({ jar }) => jar.getCookies(setUp.url)))
    const key = setUp.env['ENCRYPTION_KEYS']?.split(':')[1] ?? ''
    return [
      ...['WAZZUP_SECRET', 'INTERNAL_TOKEN', 'WAZZUP_PARTNER_API_KEY', ...loginSecrets].map(
        (name): [string, string] => [name, setUp.env[name] ?? ''],
      ),
      ['encryption key', key],
      ['encryption key', Buffer.from(key, 'base64').toString('hex')],
      ...parameter('state').map((value): [string, string] => ['state', value]),
      ...oneTimeValues.flatMap((name) => parameter(name).map((value): [string, string] => [name, value])),
      ...setUp.sandbox.wazzup.connects().map(({ crmKey }): [string, string] => ['crmKey', crmKey]),
      ...setUp.sandbox.wazzup.connections().map(({ apiKey }): [string, string] => ['apiKey', apiKey]),
      ...cookies
        .flat()
        .filter((cookie) => /^wauth-[\w-]{22}$/.test(cookie.key))
        .map((cookie): [string, string] => ['browser secret', cookie.value]),
    ]
  }

  const spellings = (value: string) => [
    value,
    encodeURIComponent(value),
    Buffer.from(value).toString('base64').replace(/=+$/, ''),
    Buffer.from(value).toString('base64url'),
    Buffer.from(value).toString('hex'),
  ]

  async function expectNowhere(where: string, text: string) {
    for (const [name, value] of await canaries()) {
      expect(value.length, name).toBeGreaterThan(8)
      for (const spelling of spellings(value)) {
        expect(text.includes(spelling), `${name} in ${where}`).toBe(false)
      }
    }
  }

  test('there is something to look for', async () => {
    const names = new Set((await canaries()).map(([name]) => name))
    for (const name of ['state', ...oneTimeValues, 'crmKey', 'apiKey', 'browser secret'])
      expect(names).toContain(name)
    expect(service.output().split('\n').length).toBeGreaterThan(50)
    expect(pages.length).toBeGreaterThan(20)
  })

  test('not in the database files, with their write-ahead log', async () => {
    const files = await readdir(setUp.folder)
    expect(files).toEqual(expect.arrayContaining(['wauth.db', 'wauth.db-wal']))
    for (const file of files) {
      await expectNowhere(file, (await readFile(join(setUp.folder, file))).toString('latin1'))
    }
  })

  test('not in a page or its headers', async () => {
    for (const { html, headers } of pages) await expectNowhere('a page', html + headers)
  })

  test('not in the address of a page', async () => {
    // The strangers typed theirs in; what matters is where our own redirects lead.
    const ours = browsers.flatMap(({ hops }) =>
      hops.filter((hop) => hop.url.startsWith(`${setUp.url}/`) && hop.status !== 303).map((hop) => hop.url),
    )
    expect(ours.length).toBeGreaterThan(10)
    await expectNowhere('an address', ours.join('\n'))
  })

  test('not in what the process wrote, from its start to its end', async () => {
    expect(await service.stop()).toMatchObject({ code: 0 })
    await expectNowhere('the log', service.output())
  })
})
