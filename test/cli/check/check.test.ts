import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Line } from '../../../src/cli/check/run-checks.ts'
import { builtCommand, BUILDING, runWauth } from '../../support/built-command.ts'
import { connectorFor } from '../../support/connector.ts'
import { freePort } from '../../support/free-port.ts'
import { TOKEN } from '../../support/internal-at-hand.ts'
import { startTlsProxy, TEST_AUTHORITY, type Spoil, type TlsProxy } from '../../support/tls-proxy.ts'
import { startVendor } from './vendor-at-hand.ts'

let proxy: TlsProxy
let vendor: Awaited<ReturnType<typeof startVendor>>
const asItCame: Spoil = (headers) => headers
let spoil = asItCame
let env: Record<string, string>

beforeAll(builtCommand, BUILDING)
beforeAll(async () => {
  vendor = await startVendor()
  proxy = await startTlsProxy(
    () => connector.url,
    () => spoil,
  )
  return async () => {
    await proxy.close()
    await vendor.close()
  }
})
const connector = connectorFor('all', async () => ({
  env: {
    PUBLIC_URL: proxy.url,
    ...{ INTERNAL_TOKEN: TOKEN, TRUST_PROXY: '127.0.0.1' },
    INTERNAL_PORT: String(await freePort()),
    ...vendor.env,
  },
}))
beforeAll(() => {
  env = {
    ...connector.environment,
    NODE_EXTRA_CA_CERTS: TEST_AUTHORITY,
    WAZZUP_PARTNER_API_KEY: connector.sandbox.wazzup.partnerApiKey,
  }
})
afterEach(() => {
  spoil = asItCame
})

interface Told {
  ok: boolean
  counts: Record<Line['status'], number>
  checks: Line[]
  review: unknown[]
}

const check = async (more: Record<string, string>, ...args: string[]) => {
  const { code, stdout, stderr } = await runWauth(['check', '--json', '--quick', ...args], {
    env: { ...env, ...more },
    cwd: connector.folder,
  })
  const told = JSON.parse(stdout) as Told
  const lines = new Map(told.checks.map((line) => [line.name, line]))
  return { code, stderr, told, text: stdout, line: (name: string) => lines.get(name) }
}

const statuses = ({ told }: { told: Told }) =>
  Object.fromEntries(told.checks.map(({ name, status }) => [name, status]))

describe('with everything in order, over https and through a reverse proxy', () => {
  test('every line passes, the exit code is 0, and nothing secret is said', async () => {
    const { code, told, text, stderr } = await check({}, '--account', 'acme')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(
      told.checks.filter(({ status }) => status !== 'pass').map(({ name, status }) => [name, status]),
    ).toEqual([
      ['access-log', 'skip'],
      ['time-outs', 'skip'],
    ])
    expect(told.checks).toHaveLength(29)
    expect(told.checks.filter(({ name }) => name.startsWith('login')).map(({ title }) => title)).toEqual([
      ...['Login', 'Login, client', 'Login, redirect', 'Login, claims'],
    ])
    expect(told.review.length).toBeGreaterThan(10)
    const secrets = [
      'WAZZUP_SECRET',
      'WAZZUP_PARTNER_API_KEY',
      'CRM_EXPORT_TOKEN',
      'ENCRYPTION_KEYS',
      'EVENTS_SECRET',
    ]
    for (const name of secrets) {
      expect(text).not.toContain(env[name])
    }
    expect(vendor.heard).toContainEqual(
      expect.objectContaining({
        method: 'POST',
        url: '/webhooks',
        authorization: undefined,
        body: '{"test":true}',
      }),
    )
    expect(vendor.heard).toContainEqual(
      expect.objectContaining({
        method: 'GET',
        url: '/export/users?account=acme',
        authorization: `Bearer ${vendor.env.CRM_EXPORT_TOKEN}`,
      }),
    )
    const sent = vendor.heard
      .filter(({ url }) => url === '/events')
      .map(({ body }) => JSON.parse(body) as object)
    expect(sent).toMatchObject([{ type: 'test.event' }])
    expect(connector.sandbox.wazzup.connects()).toEqual([])
  })

  test('in words: a line each, then what the review wants and of whom', async () => {
    const { code, stdout } = await runWauth(['check', '--quick'], { env, cwd: connector.folder })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^pass {2}Settings: complete/)
    // Nobody is connected yet, and no account was named.
    expect(stdout).toMatch(/^WARN {2}CRM_EXPORT_URL: not tried.*\n {6}→ .*wauth check --account ID$/m)
    expect(stdout).toContain('26 passed, 1 with a warning, 0 failed, 2 not tried.')
    expect(stdout).toMatch(/Covered by this service:[^]*WAuth[^]*Yours to do:[^]*Chat window/)
  })
})

describe('what is wrong is found, and the exit code is 1', () => {
  test('a proxy that meddles, a vendor that answers wrongly, a key that is none', async () => {
    spoil = (headers) => ({
      ...headers,
      'content-security-policy': undefined,
      ...(headers['set-cookie'] && {
        'set-cookie': `${[headers['set-cookie']].flat()[0] ?? ''}; Domain=localhost`,
      }),
    })
    vendor.answers.webhooks = { status: 302, headers: { location: '/elsewhere' } }
    const { users } = vendor.answers
    vendor.answers.users = '[]'
    const found = await check({ WAZZUP_PARTNER_API_KEY: 'no-key-of-wazzup-x' }, '--account', 'acme')
    vendor.answers.webhooks = { status: 200, headers: {} }
    vendor.answers.users = users
    expect(found.code).toBe(1)
    expect(
      found.told.checks
        .filter(({ status }) => status === 'failure' || status === 'warning')
        .map(({ name, status }) => [name, status]),
    ).toEqual([
      ['headers', 'failure'],
      ['cookies', 'failure'],
      ['partner-key', 'failure'],
      ['webhooks', 'failure'],
      ['crm-export', 'failure'],
    ])
    expect(found.line('headers')?.says).toContain('content-security-policy')
    expect(found.line('webhooks')?.says).toContain('follows no redirect')
    for (const { status, next } of found.told.checks)
      expect(next === null).toBe(['pass', 'skip'].includes(status))
  })

  test('a client secret, a claim and a redirect address that the login does not know', async () => {
    const found = await check({
      OIDC_CLIENT_SECRET: 'not-the-secret-of-this-client',
      OIDC_ACCOUNT_ID_CLAIM: 'no_such_claim',
    })
    expect(found.code).toBe(1)
    expect(statuses(found)).toMatchObject({
      ...{ login: 'pass', 'login-client': 'failure', 'login-redirect': 'pass', 'login-claims': 'warning' },
    })
    expect(found.line('login-client')?.says).toContain('invalid_client')
    expect(found.text).not.toContain('not-the-secret-of-this-client')
    const elsewhere = await check({ PUBLIC_URL: 'http://127.0.0.1:9' })
    expect(elsewhere.line('login-redirect')).toMatchObject({
      status: 'failure',
      next: expect.stringContaining('http://127.0.0.1:9/wauth/callback') as string,
    })
  })

  test('another module behind the address, other encryption keys, an untrusted certificate', async () => {
    const [module, keys, stranger] = await Promise.all([
      check({ WAZZUP_CRM_CODE: 'other-crm' }),
      check(
        { ENCRYPTION_KEYS: `test:${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}` },
        '--offline',
      ),
      check({ NODE_EXTRA_CA_CERTS: '' }),
    ])
    expect(module.line('crm-code')).toMatchObject({
      ...{ status: 'failure', title: 'WAZZUP_CRM_CODE' },
      says: expect.stringContaining('set up for another module than other-crm') as string,
      next: expect.stringContaining('WAZZUP_CRM_CODE of this shell') as string,
    })
    expect(module.line('cookies')).toMatchObject({ status: 'skip' })
    expect(keys.line('key-ring')).toMatchObject({
      status: 'failure',
      says: expect.stringContaining('other bytes') as string,
    })
    expect(stranger.line('address')).toMatchObject({
      status: 'failure',
      says: expect.stringContaining(
        'it sends its own certificate alone, of an issuer that is not known here',
      ) as string,
      next: expect.stringContaining('CA_FILE') as string,
    })
    expect(stranger.line('headers')?.status).toBe('skip')
    expect([module.code, keys.code, stranger.code]).toEqual([1, 1, 1])
  })

  test('nobody anywhere: every line says so by itself', async () => {
    const nobody = 'http://127.0.0.1:9'
    const found = await check({
      ...{ PUBLIC_URL: nobody, WAZZUP_API_URL: nobody, OIDC_ISSUER: nobody },
      ...{ WEBHOOKS_URL: `${nobody}/w`, DATABASE_URL: `file:${join(connector.folder, 'no/where.db')}` },
    })
    expect(found.code).toBe(1)
    expect(statuses(found)).toMatchObject({
      ...{ database: 'failure', 'key-ring': 'skip', clock: 'warning', address: 'failure', headers: 'skip' },
      ...{ login: 'failure', wazzup: 'failure', 'partner-key': 'skip', webhooks: 'failure' },
    })
    expect(found.line('address')?.says).toContain('nothing listens there')
  })
})
