import { createServer } from 'node:http'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Part } from '../../../src/cli/check/check.ts'
import { createContext } from '../../../src/cli/check/run-checks.ts'
import { runningService } from '../../../src/cli/check/running-service.ts'
import { createBrowser } from '../../../src/sandbox/browser/create-browser.ts'
import { loadSettings } from '../../../src/settings.ts'
import { connectorAtHand, connectorFor } from '../../support/connector.ts'
import { freePort } from '../../support/free-port.ts'
import { ask, TOKEN } from '../../support/internal-at-hand.ts'

const withListener = async (more: Record<string, string> = {}) => ({
  env: { INTERNAL_TOKEN: TOKEN, INTERNAL_PORT: String(await freePort()), ...more },
})

const connector = connectorFor('all', withListener)

/** What a shell with other settings than the service's is told: a line by its part. */
async function check(changed: Record<string, string | undefined> = {}, { environment } = connector) {
  const source = { env: { ...environment, ...changed }, readFile: () => '' }
  const context = createContext({ settings: loadSettings(source), source, account: null, tenantHost: null })
  const found = [await runningService.run(context)].flat() as Part[]
  const part = (name: string | null) => found.find((line) => (line.part ?? null) === name)
  return { found, settings: part('settings'), part, text: JSON.stringify(found) }
}

test('a service with the settings of this shell, and all of whose parts are well, passes', async () => {
  const { found, settings } = await check()
  expect(found.map(({ part, status }) => [part, status])).toEqual([
    [null, 'pass'],
    ['settings', 'pass'],
  ])
  expect(settings?.says).toMatch(/^those of this shell \(\d\d compared\)$/)
  // What is its default is the same, written or not, and in whatever way.
  for (const CRM_KEY_GRACE of ['24h', '1d', '1440m'])
    expect((await check({ HOST: '127.0.0.1', CRM_KEY_GRACE })).settings).toMatchObject({ status: 'pass' })
  const url = connector.environment['PUBLIC_URL'] ?? ''
  expect((await check({ PUBLIC_URL: `${url.toUpperCase()}/` })).settings).toMatchObject({ status: 'pass' })
})

describe('settings that are others than the service was started with are named, and no value is', () => {
  test.each<[string, Record<string, string | undefined>, string[]]>([
    ['a text', { CRM_NAME: 'Another CRM' }, ['CRM_NAME']],
    ['a number', { ATTEMPTS_PER_ADDRESS: '7777' }, ['ATTEMPTS_PER_ADDRESS']],
    ['a duration', { SHUTDOWN_DELAY: '3s' }, ['SHUTDOWN_DELAY']],
    ['a secret', { WAZZUP_SECRET: 'another-long-enough-secret' }, ['WAZZUP_SECRET']],
    ['one that only this shell has', { WEBHOOKS_URL: 'https://hooks.crm.example/wazzup' }, ['WEBHOOKS_URL']],
    ['one of the login', { OIDC_CLIENT_SECRET: 'another-client-secret-xyz' }, ['OIDC_CLIENT_SECRET']],
    ['a key more', { ENCRYPTION_KEYS: `new:${randomBytes(32).toString('base64')},` }, ['ENCRYPTION_KEYS']],
    ['several', { CRM_NAME: 'Another CRM', LOG_LEVEL: 'warn' }, ['LOG_LEVEL', 'CRM_NAME']],
  ])('%s', async (_what, changed, names) => {
    const keys = changed['ENCRYPTION_KEYS']
    const all = keys ? { ENCRYPTION_KEYS: keys + (connector.environment['ENCRYPTION_KEYS'] ?? '') } : changed
    const { settings, text } = await check(all)
    expect(settings?.status).toBe('failure')
    const told = settings?.says.replace('others than those of this shell: ', '').split(', ')
    expect(told?.toSorted()).toEqual(names.toSorted())
    for (const value of [...Object.values(all), TOKEN]) expect(text).not.toContain(value)
  })

  test('another way to log in', async () => {
    const handoff = {
      ...{ LOGIN: 'handoff', HANDOFF_LOGIN_URL: 'http://127.0.0.1:1/login', HANDOFF_ISSUER: 'acme' },
      HANDOFF_SECRET: 'a-secret-of-at-least-32-bytes-for-hs256',
    }
    expect((await check(handoff)).settings?.says).toBe('others than those of this shell: LOGIN')
  })

  test('no key in common: then nothing else can be compared, and that is said', async () => {
    const other = `test:${randomBytes(32).toString('base64')}`
    expect((await check({ ENCRYPTION_KEYS: other })).settings).toMatchObject({
      status: 'failure',
      says: expect.stringContaining('ENCRYPTION_KEYS') as string,
    })
  })
})

describe('what keeps the two from being compared is said', () => {
  test('another token, none here, none there', async () => {
    const other = await check({ INTERNAL_TOKEN: 'another-internal-token-xyz' })
    expect(other.settings).toMatchObject({
      status: 'failure',
      says: 'its INTERNAL_TOKEN is another than that of this shell',
    })
    const none = await check({ INTERNAL_TOKEN: undefined })
    expect(none.settings?.says).toBe('it has an INTERNAL_TOKEN, and this shell has none')
    const without = await connectorAtHand(await withListener({ INTERNAL_TOKEN: '' }))
    expect((await check({ INTERNAL_TOKEN: TOKEN }, without)).settings?.says).toMatch(
      /^it has no INTERNAL_TOKEN/,
    )
    expect((await check({}, without)).settings).toMatchObject({ status: 'skip' })
  })

  test('nothing listens there, or somebody else does, or nobody knows where', async () => {
    const { found } = await check({ INTERNAL_PORT: String(await freePort()) })
    expect(found).toMatchObject([
      { status: 'warning', says: expect.stringContaining('nothing answers at') as string },
    ])
    const stranger = createServer((_request, response) => response.end('{"status":"ready"}')).listen(
      0,
      '127.0.0.1',
    )
    onTestFinished(() => void stranger.close())
    await once(stranger, 'listening')
    const { port } = stranger.address() as { port: number }
    expect((await check({ INTERNAL_PORT: String(port) })).found).toMatchObject([{ status: 'failure' }])
    expect((await check({ INTERNAL_PORT: '0' })).found).toMatchObject([{ status: 'skip' }])
  })
})

test('what the service says is not well is told with its reason, though this shell may see nothing of it', async () => {
  const out = await connectorAtHand(
    await withListener({ OIDC_ISSUER: `http://127.0.0.1:${await freePort()}` }),
  )
  await createBrowser().get(`${out.url}/wauth?state=${await out.sandbox.wazzup.mintState()}`)
  const { part } = await check({}, out)
  expect(part(null)).toMatchObject({ status: 'pass' })
  expect(part('login')).toMatchObject({
    status: 'failure',
    says: expect.stringMatching(/^it says: ./) as string,
  })
  expect(part('login')?.next).toContain('from where it runs')
})

test('the fingerprints are told to who has the token, and are of no use without an encryption key', async () => {
  const at = { url: connector.internalUrl }
  expect((await fetch(`${at.url}/v1/settings/fingerprints`)).status).toBe(401)
  const { text, body } = await ask(at, '/v1/settings/fingerprints')
  for (const value of Object.values(connector.environment).filter((one) => one.length > 5))
    expect(text).not.toContain(value)
  const [set] = (body as { items: { settings: Record<string, string> }[] }).items
  // Equal values do not show.
  const prints = Object.values(set?.settings ?? {})
  expect(new Set(prints).size).toBe(prints.length)
})
