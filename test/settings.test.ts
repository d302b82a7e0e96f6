import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import dotenv from 'dotenv'
import { describe, expect, test } from 'vitest'
import { DOCUMENTS_WITH_TABLES, withTables } from '../src/cli/document-tables.ts'
import { ConfigError } from '../src/config/config-error.ts'
import { Secret } from '../src/config/secret.ts'
import { renderEnvExample } from '../src/config/render-env-example.ts'
import { settingFacts } from '../src/config/setting-facts.ts'
import { loadSettings, settingsGroups } from '../src/settings.ts'
import { TEST_AUTHORITY } from './support/tls-proxy.ts'

const key = Buffer.from('a key for tests, of 32 bytes:-)!').toString('base64')

const handoff = {
  LOGIN: 'handoff',
  HANDOFF_LOGIN_URL: 'https://crm.example/login',
  HANDOFF_ISSUER: 'https://crm.example',
  HANDOFF_SECRET: 'canary-Zk3vQ9pLw2Xr7Tn5Bd8Hc4Jf6Ms',
}

const oidc = {
  LOGIN: 'oidc',
  OIDC_ISSUER: 'https://id.crm.example',
  OIDC_CLIENT_ID: 'wauth',
  OIDC_CLIENT_SECRET: 'canary-Gy5sWq8eRt1uIo3p',
}

const core = {
  PUBLIC_URL: 'https://wauth.crm.example',
  ENCRYPTION_KEYS: `k1:${key}`,
  WAZZUP_CRM_CODE: 'my-crm',
  WAZZUP_SECRET: 'canary-Aa1Ss2Dd3Ff4Gg5',
  CRM_NAME: 'My CRM',
}

const load = (env: Record<string, string>) =>
  loadSettings({ env, readFile: (path) => expect.unreachable(`${path} was opened`) })

/** What is wrong with a set-up that is good but for `change`. */
function problems(change: Record<string, string>, base: Record<string, string> = { ...core, ...handoff }) {
  const all = { ...base, ...change }
  try {
    load(all)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const [name, value] of Object.entries(change)) {
      if (/SECRET|TOKEN|URL/.test(name) && value) expect(error.message).not.toContain(value)
    }
    return error.problems.map(({ name, problem }) => `${name} ${problem}`)
  }
  return []
}

describe('the way out', () => {
  test.each([
    ['proxy.crm.example:3128', 'http://proxy.crm.example:3128/', null],
    ['http://me:p%40ss@proxy.crm.example', 'http://proxy.crm.example/', `Basic ${btoa('me:p@ss')}`],
  ])('a proxy may be written as %s, and shows no password', (HTTPS_PROXY, href, authorization) => {
    const { wayOut } = load({ ...core, ...handoff, HTTPS_PROXY })
    expect(wayOut.proxy?.url.href).toBe(href)
    expect(wayOut.proxy?.authorization?.reveal() ?? null).toBe(authorization)
    expect(inspect(wayOut, { depth: 9 })).not.toContain('p@ss')
  })

  test.each([
    'socks5://proxy:1080',
    'http://proxy/path',
    'http://me:canary%zz@proxy',
    'http://',
    '"http://proxy"',
  ])('a proxy is refused that is written as %s', (HTTPS_PROXY) => {
    expect(problems({ HTTPS_PROXY })).toEqual([expect.stringMatching(/^HTTPS_PROXY (is|has) /)])
    expect(problems({ HTTPS_PROXY }).join()).not.toContain('canary')
  })

  test('small letters do not count, which is said', () => {
    const { warnings } = load({ ...core, ...handoff, https_proxy: 'http://proxy:3128' })
    expect(warnings).toMatchObject([{ name: 'https_proxy', hint: 'Set HTTPS_PROXY.' }])
  })

  test('a file of authorities holds certificates, and nothing else', () => {
    const pem = readFileSync(TEST_AUTHORITY, 'utf8')
    const read = (text: string) => {
      try {
        const env = { ...core, ...handoff, CA_FILE: 'ca.pem' }
        return loadSettings({ env, readFile: () => text }).wayOut.authorities.length
      } catch (error) {
        return error instanceof ConfigError ? error.problems.map(({ problem }) => problem).join() : error
      }
    }
    expect(read(`# one\r\n${pem}\n# two\n${pem}`)).toBe(2)
    expect(read('no certificate')).toBe('names a file without a certificate in PEM')
    expect(read(pem + pem.replace(/\n.{20}/, '\nAAAA'))).toContain('number 2 cannot be read')
    expect(read(`${pem}-----BEGIN PRIVATE KEY-----`)).toBe('names a file with a private key')
    expect(problems({ NO_PROXY: 'crm.example,http://x' })).toHaveLength(1)
  })
})

describe('a good set-up', () => {
  test('needs little; the rest has safe defaults', () => {
    expect(load({ ...core, ...handoff })).toMatchObject({
      development: false,
      logLevel: 'info',
      publicUrl: new URL('https://wauth.crm.example'),
      listeners: {
        public: { host: '0.0.0.0', port: 3000, trustProxy: [] },
        internal: { host: '127.0.0.1', port: 3001, tokens: [], lookupTokens: [] },
      },
      database: { engine: 'sqlite', place: new Secret('./data/wauth.db') },
      wazzup: { apiUrl: new URL('https://api.wazzup24.com'), crmCode: 'my-crm', partnerApiKey: null },
      crm: { name: 'My CRM', logoUrl: null, doneUrl: null },
      login: { name: 'handoff' },
      tenantHosts: [],
      upload: null,
      webhooksUrl: null,
      crmKeyGraceMs: 86_400_000,
      keyProbeIntervalMs: 86_400_000,
      warnings: [],
    })
  })

  test('asks nothing of the login method that is not chosen', () => {
    expect(load({ ...core, ...oidc }).login.name).toBe('oidc')
  })

  test('takes any value from a file', () => {
    const { WAZZUP_SECRET, LOGIN, ...rest } = { ...core, ...handoff }
    const files: Record<string, string> = { '/s': `${WAZZUP_SECRET}\n`, '/l': `${LOGIN}\n` }
    const env = { ...rest, WAZZUP_SECRET_FILE: '/s', LOGIN_FILE: '/l' }
    const settings = loadSettings({ env, readFile: (path) => files[path] ?? '' })
    expect(settings.wazzup.secret.reveal()).toBe(WAZZUP_SECRET)
  })

  test('does not print its secrets', () => {
    const token = { INTERNAL_TOKEN: 'canary-Qw9Er8Ty7Ui6Op5', DATABASE_URL: 'file:./x.db' }
    const settings = load({ ...core, ...handoff, ...token })
    const printed = inspect(settings, { depth: 9, showHidden: true }) + JSON.stringify(settings)
    expect(printed).not.toMatch(/canary|a key for tests/)
    expect(printed).not.toContain(key)
  })

  test('warns of names that look like settings', () => {
    expect(load({ ...core, ...handoff, HANDOFF_JWKS: 'x', HOME: '/root' }).warnings).toMatchObject([
      { name: 'HANDOFF_JWKS' },
    ])
  })
})

describe('a bad set-up', () => {
  test('is told everything at once: what is missing, what is wrong, and what does not fit together', () => {
    expect(
      problems(
        {},
        {
          PUBLIC_URL: 'http://wauth.crm.example',
          WAZZUP_SECRET: 'our-secret',
          LOGIN: 'oidc',
          OIDC_ISSUER: 'http://id.crm.example',
          INTERNAL_PORT: '3000',
        },
      ),
    ).toEqual([
      'ENCRYPTION_KEYS is missing',
      'WAZZUP_CRM_CODE is missing',
      'WAZZUP_SECRET is a well-known sample',
      'CRM_NAME is missing',
      'OIDC_CLIENT_ID is missing',
      'OIDC_CLIENT_SECRET is missing',
      'OIDC_ISSUER must begin with https://',
      'PUBLIC_URL must begin with https://',
      'INTERNAL_PORT is the same as PORT',
    ])
  })

  test('is told what to do, one line for each problem', () => {
    expect(() => load({ ...core, ...handoff, WAZZUP_CRM_CODE: 'my-\u0441rm' })).toThrow(
      'The configuration has one problem:\n' +
        '  WAZZUP_CRM_CODE has a Cyrillic "\u0441" (U+0441) instead of the Latin "c" at position 4\n' +
        '    → Latin letters, digits, - and _, at most 50. Type it rather than paste it. Example: my-crm',
    )
  })

  test.each([
    [{ LOGIN: '' }, 'LOGIN is missing'],
    [{ LOGIN: 'saml' }, 'LOGIN must be oidc or handoff'],
    [
      { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
      'NODE_TLS_REJECT_UNAUTHORIZED switches off the check of TLS certificates',
    ],
    [
      { DATABASE_URL: 'postgres://db/wauth' },
      'DATABASE_URL is not written as postgres://user:password@host:port/database',
    ],
    [{ INTERNAL_TOKEN: core.WAZZUP_SECRET }, 'WAZZUP_SECRET is the same as INTERNAL_TOKEN'],
    [
      { HANDOFF_SECRET_PREVIOUS: handoff.HANDOFF_SECRET },
      'HANDOFF_SECRET_PREVIOUS is the same as HANDOFF_SECRET',
    ],
    [{ HANDOFF_SECRET: '' }, 'HANDOFF_SECRET is missing, and so is HANDOFF_JWKS_URL'],
    [{ CRM_EXPORT_URL: 'https://crm.example/export' }, 'CRM_EXPORT_TOKEN is missing beside CRM_EXPORT_URL'],
    [{ CRM_EXPORT_TOKEN: 'canary-Mn4Bv5Cx6Zl7Kj8' }, 'CRM_EXPORT_URL is missing beside CRM_EXPORT_TOKEN'],
    [{ EVENTS_URL: 'https://crm.example/events' }, 'EVENTS_SECRET is missing beside EVENTS_URL'],
    [{ EVENTS_SECRET: `whsec_${key}` }, 'EVENTS_URL is missing beside EVENTS_SECRET'],
    [{ EVENTS_SECRET_PREVIOUS: `whsec_${key}` }, 'EVENTS_SECRET_PREVIOUS is set without EVENTS_SECRET'],
    [
      { EVENTS_URL: 'http://crm.example/events', EVENTS_SECRET: `whsec_${key}` },
      'EVENTS_URL must begin with https://',
    ],
    [
      { EVENTS_URL: 'https://crm.example/events', EVENTS_SECRET: key },
      'EVENTS_SECRET does not begin with whsec_',
    ],
    [
      { EVENTS_URL: 'https://crm.example/events', EVENTS_SECRET: `whsec_${key.slice(4)}` },
      'EVENTS_SECRET does not have exactly 32 bytes',
    ],
    [{ WEBHOOKS_URL: 'http://crm.example/hooks' }, 'WEBHOOKS_URL must begin with https://'],
    [{ WAZZUP_API_URL: 'http://127.0.0.1:4000' }, 'WAZZUP_API_URL must begin with https://'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent'],
    [{ PORT: '3001' }, 'INTERNAL_PORT is the same as PORT'],
    [
      { INTERNAL_TOKEN: '', INTERNAL_TOKEN_PREVIOUS: 'canary-Pq2Rs3Tu4Vw5Xy6' },
      'INTERNAL_TOKEN_PREVIOUS is set without INTERNAL_TOKEN',
    ],
    [{ LOOKUP_TOKEN: core.WAZZUP_SECRET }, 'WAZZUP_SECRET is the same as LOOKUP_TOKEN'],
  ])('%j is refused', (change, problem) => {
    expect(problems(change)).toEqual([problem])
  })
})

describe('plain http', () => {
  const development = { NODE_ENV: 'development' }

  test.each(['http://127.0.0.1:3000', 'http://localhost:3000', 'http://[::1]:3000'])(
    '%s will do in development',
    (url) => {
      expect(problems({ ...development, PUBLIC_URL: url, HANDOFF_LOGIN_URL: url })).toEqual([])
    },
  )

  test.each([
    ['http://127.0.0.1:3000', '127.0.0.1'],
    ['http://localhost:3000', 'localhost'],
    ['http://[::1]:3000', '::1'],
  ])('%s listens on loopback, whatever HOST says', (url, host) => {
    const env = { ...core, ...handoff, ...development, PUBLIC_URL: url }
    for (const HOST of ['', '0.0.0.0', '192.168.1.7']) {
      expect(load({ ...env, HOST }).listeners.public.host).toBe(host)
    }
    expect(load({ ...core, ...handoff, HOST: '192.168.1.7' }).listeners.public.host).toBe('192.168.1.7')
  })

  test.each(['http://192.168.1.7', 'http://localhost.crm.example', 'http://127.0.0.1.crm.example'])(
    '%s will not, even in development',
    (url) => {
      expect(problems({ ...development, PUBLIC_URL: url })).toEqual(['PUBLIC_URL must begin with https://'])
    },
  )

  test('will not do outside development', () => {
    expect(problems({ PUBLIC_URL: 'http://127.0.0.1:3000' })).toEqual(['PUBLIC_URL must begin with https://'])
  })
})

describe('what is written about the settings', () => {
  const facts = settingsGroups.flatMap(({ schema }) => settingFacts(schema))
  const committed = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')

  test('.env.example is what the settings say (npm run gen)', () => {
    expect(committed('.env.example')).toBe(renderEnvExample(settingsGroups))
  })

  test.each(DOCUMENTS_WITH_TABLES)('the tables of %s are what the code says (npm run gen)', (document) => {
    const text = committed(document)
    expect(text).toBe(withTables(document, text))
  })

  test('every setting is named once and described in a sentence', () => {
    expect(new Set(facts.map(({ name }) => name)).size).toBe(facts.length)
    expect(facts.filter(({ description }) => !/^[A-Z].*\.$/.test(description))).toEqual([])
  })

  test('every secret knows that it is one', () => {
    const named = facts.filter(({ name }) => /SECRET|TOKEN|_KEYS?$/.test(name))
    expect(named.filter(({ secret }) => !secret)).toEqual([])
  })

  test('.env.example, filled in as it says, is a good set-up', () => {
    const example = dotenv.parse(committed('.env.example').replace(/^#(?=[A-Z_]+=)/gm, ''))
    expect(Object.keys(example)).toEqual(facts.map(({ name }) => name))
    const secrets = facts.filter(({ secret }) => secret).map(({ name }) => name)
    expect(secrets.filter((name) => example[name] !== '')).toEqual([])
    const examples = Object.fromEntries(
      facts.flatMap(({ name, example }) => (example ? [[name, example]] : [])),
    )
    expect(
      problems(
        {},
        {
          ...example,
          ...examples,
          ...core,
          ...handoff,
          HANDOFF_JWKS_URL: '',
          CRM_EXPORT_URL: '',
          EVENTS_URL: '',
          CA_FILE: '',
        },
      ),
    ).toEqual([])
  })
})
