import { z } from 'zod'
import { ConfigError, type Problem } from './config/config-error.ts'
import {
  basicGroups,
  coreSettings,
  furtherGroups,
  publicHost,
  toEvents,
  toTracing,
  toUpload,
  type CoreSettings,
  type SettingsGroup,
} from './config/core-settings.ts'
import { warningsOf, type DatabaseAddress } from './config/fields/database-url.ts'
import type { EncryptionKey } from './config/fields/encryption-keys.ts'
import { fingerprintsOf, type Fingerprints } from './config/fingerprints.ts'
import { readSection } from './config/read-section.ts'
import { checkRules } from './config/rules.ts'
import type { Secret } from './config/secret.ts'
import type { SettingsSource } from './config/text-value.ts'
import { unknownNames } from './config/unknown-names.ts'
import { wayOutOf } from './config/way-out.ts'
import { loginEngines } from './login/index.ts'
import type { LoginDeps, LoginEngine, LoginMethod } from './login/port.ts'
import type { WayOut } from './config/way-out.ts'

/** The service's set-up, checked. Secrets in it do not print; `null` and empty lists mean "off". */
export interface Settings {
  /** Plain http is allowed on loopback. */
  development: boolean
  logLevel: CoreSettings['LOG_LEVEL']
  /** An origin: its path is `/`. */
  publicUrl: URL
  listeners: {
    public: { host: string; port: number; trustProxy: string[] }
    /** `tokens` open every route that wants one, `lookupTokens` those of the look-up alone. */
    internal: { host: string; port: number; tokens: readonly Secret[]; lookupTokens: readonly Secret[] }
  }
  database: DatabaseAddress
  /** Milliseconds; 0: for good. */
  kept: { persons: number; reads: number }
  /** The first seals, all open. */
  encryptionKeys: Secret<EncryptionKey[]>
  wazzup: { apiUrl: URL; appUrl: URL | null; crmCode: string; secret: Secret; partnerApiKey: Secret | null }
  crm: { name: string; logoUrl: URL | null; doneUrl: URL | null }
  /** The chosen method; its own settings stay inside `create`. */
  login: { name: string; create(deps: LoginDeps): LoginMethod }
  tenantHosts: string[]
  /** `country`: where phones without a country code are at home. */
  upload: { exportUrl: URL; exportToken: Secret; country: string | null } | null
  webhooksUrl: URL | null
  /** Where the CRM is told what happens, and what signs it: during a change two secrets. */
  events: { url: URL; secrets: readonly Secret[] } | null
  /** Of everything that is asked of others. */
  wayOut: WayOut
  crmKeyGraceMs: number
  /** 0 = never. */
  keyProbeIntervalMs: number
  /** `share`: of traces that are recorded, from 0 to 1. */
  tracing: { endpoint: URL; share: number } | null
  limits: {
    /** In a minute; 0 = any number. */
    attemptsPerAddress: number
    unfinishedAttempts: number
  }
  /** How long a stop goes on taking requests. */
  shutdownDelayMs: number
  /** What is good to know and stops nobody, such as names in the environment that look like misspelt settings. */
  warnings: readonly Problem[]
  /** Settings for a time of change that are set: each is a secret that still opens what a newer one is for. */
  previous: readonly string[]
  /** Of all that the service uses, as they were read, by each encryption key. */
  fingerprints: () => Fingerprints[]
}

type Engines = readonly LoginEngine[]

function loginChoice(engines: Engines) {
  const methods = engines.map(({ name }) => name)
  return z.object({
    LOGIN: z
      .enum(methods, { error: `must be ${methods.join(' or ')}` })
      .meta({ description: `How your CRM says who the user is: ${methods.join(' or ')}.` }),
  })
}

const groupsWith = (engines: Engines): readonly SettingsGroup[] => [
  ...basicGroups,
  { title: 'Login', schema: loginChoice(engines) },
  ...engines.map(({ name, settings }) => ({
    title: `Login by ${name}`,
    when: `LOGIN=${name}`,
    schema: settings,
  })),
  ...furtherGroups,
]

/** Every setting there is, under the headings of `.env.example` and docs/settings.md. */
export const settingsGroups = groupsWith(loginEngines)

/**
 * Reads and checks the whole set-up; of the login methods only the chosen one. `engines`: the methods to choose from.
 * @throws {ConfigError} with every problem at once.
 */
export function loadSettings(source: SettingsSource, engines: Engines = loginEngines): Settings {
  const core = readSection(coreSettings, source)
  const choice = readSection(loginChoice(engines), source)
  const engine = engines.find(({ name }) => name === choice.complete?.LOGIN)
  const login = engine && readSection(engine.settings, source)
  const way = wayOutOf(core.partial, source.readFile)
  const problems = [
    ...core.problems,
    ...way.problems,
    ...choice.problems,
    ...(login?.problems ?? []),
    ...checkRules({ ...login?.partial, ...core.partial }),
  ]
  const values = login?.complete
  const used = ofService({ ...core.partial, ...choice.partial, ...login?.partial })
  if (problems.length > 0 || !core.complete || !engine || !values) throw new ConfigError(problems)
  const keys = core.complete.ENCRYPTION_KEYS.reveal()
  return {
    ...toSettings(core.complete),
    wayOut: way.wayOut,
    login: { name: engine.name, create: (deps) => engine.create(values, deps) },
    warnings: [
      ...misspelt(source.env, engines),
      ...(source.file?.warnings ?? []),
      ...warningsOf(core.complete.DATABASE_URL),
    ],
    previous: Object.entries({ ...core.partial, ...login.partial })
      .filter(([name, value]) => name.endsWith('_PREVIOUS') && value !== undefined)
      .map(([name]) => name),
    fingerprints: () => keys.map((key) => fingerprintsOf(used, key)),
  }
}

/** What only commands use: the service need not have it. */
const ONLY_OF_COMMANDS = ['WAZZUP_PARTNER_API_KEY']

const ofService = (values: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !ONLY_OF_COMMANDS.includes(name)))

function toSettings(
  core: CoreSettings,
): Omit<Settings, 'login' | 'wayOut' | 'warnings' | 'previous' | 'fingerprints'> {
  return {
    development: core.NODE_ENV === 'development',
    logLevel: core.LOG_LEVEL,
    publicUrl: core.PUBLIC_URL,
    listeners: {
      public: { host: publicHost(core), port: core.PORT, trustProxy: core.TRUST_PROXY ?? [] },
      internal: {
        ...{ host: core.INTERNAL_HOST, port: core.INTERNAL_PORT },
        tokens: [core.INTERNAL_TOKEN, core.INTERNAL_TOKEN_PREVIOUS].filter((token) => token !== undefined),
        lookupTokens: core.LOOKUP_TOKEN ? [core.LOOKUP_TOKEN] : [],
      },
    },
    database: core.DATABASE_URL,
    kept: { persons: core.AUDIT_PERSONS_KEPT, reads: core.AUDIT_KEPT },
    encryptionKeys: core.ENCRYPTION_KEYS,
    wazzup: {
      apiUrl: core.WAZZUP_API_URL,
      appUrl: core.WAZZUP_APP_URL ?? null,
      crmCode: core.WAZZUP_CRM_CODE,
      secret: core.WAZZUP_SECRET,
      partnerApiKey: core.WAZZUP_PARTNER_API_KEY ?? null,
    },
    crm: { name: core.CRM_NAME, logoUrl: core.CRM_LOGO_URL ?? null, doneUrl: core.DONE_URL ?? null },
    tenantHosts: core.TENANT_HOSTS ?? [],
    upload: toUpload(core),
    webhooksUrl: core.WEBHOOKS_URL ?? null,
    events: toEvents(core),
    crmKeyGraceMs: core.CRM_KEY_GRACE,
    keyProbeIntervalMs: core.KEY_PROBE_INTERVAL,
    tracing: toTracing(core),
    limits: {
      attemptsPerAddress: core.ATTEMPTS_PER_ADDRESS,
      unfinishedAttempts: core.UNFINISHED_ATTEMPTS,
    },
    shutdownDelayMs: core.SHUTDOWN_DELAY,
  }
}

function misspelt(env: SettingsSource['env'], engines: Engines): Problem[] {
  return unknownNames({
    names: Object.keys(env).filter((name) => env[name]),
    known: [
      ...Object.keys(coreSettings.shape),
      ...groupsWith(engines).flatMap(({ schema }) => Object.keys(schema.shape)),
    ],
    prefixes: [
      'WAZZUP_',
      'CRM_',
      'INTERNAL_',
      'EVENTS_',
      ...engines.map(({ name }) => `${name.toUpperCase()}_`),
    ],
  })
}
