import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { startSandbox, type SandboxOptions } from '../../src/sandbox/start-sandbox.ts'
import { databaseFor } from './database-for.ts'
import { fixtureFor, untilTestEnds, type Tests } from './fixture.ts'
import { freePort } from './free-port.ts'
import { startProcess } from './service-process.ts'
import { tempDir } from './temp-dir.ts'

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

type Env = Record<string, string>

/** A reverse proxy that stands before the service, and where customers find it. */
interface Proxy {
  url: string
  stop: () => Promise<void>
}

/** Where a service listens and keeps its data. */
async function startPlace(behind?: (target: string) => Promise<Proxy>) {
  const folder = await tempDir()
  const database = await databaseFor(folder.path)
  const port = await freePort()
  const own = `http://127.0.0.1:${port}`
  const proxy = await behind?.(own)
  const url = proxy?.url ?? own
  const env: Env = { ...serviceEnvironment(url, port, folder.path), DATABASE_URL: database.url }
  const stop = async () => {
    await proxy?.stop()
    await database.remove()
    await folder.remove()
  }
  return { folder: folder.path, database, port, url, env, stop }
}

/** Wazzup and a CRM for a service that has to reach neither. */
const NOBODY: Env = {
  ...{ WAZZUP_CRM_CODE: 'acme-crm', WAZZUP_SECRET: 'a-long-enough-module-secret', CRM_NAME: 'Acme' },
  ...{ LOGIN: 'handoff', HANDOFF_LOGIN_URL: 'http://127.0.0.1:1/login', HANDOFF_ISSUER: 'acme' },
  HANDOFF_SECRET: 'a-secret-of-at-least-32-bytes-for-hs256',
}

async function startLonelySetUp(more: Env) {
  const place = await startPlace()
  return { ...place, env: { ...place.env, ...NOBODY, ...more } }
}

/** What a service needs that has neither Wazzup nor a CRM beside it. */
export const lonelySetUpFor = (tests: Tests, more: Env = {}) =>
  fixtureFor(tests, () => startLonelySetUp(more))

/** The same for the running test. */
export const lonelySetUpAtHand = (more: Env = {}) => untilTestEnds(startLonelySetUp(more))

export interface SetUpOptions extends Omit<SandboxOptions, 'connectorUrl'> {
  /** Puts a reverse proxy before the service, which is told where that listens. */
  behind?: (target: string) => Promise<Proxy>
  env?: Env
}

export async function startSetUp({ behind, env = {}, ...sandboxOptions }: SetUpOptions = {}) {
  const { stop, ...place } = await startPlace(behind)
  const sandbox = await startSandbox({
    ...{ exports: SMALL_EXPORTS, ...sandboxOptions },
    connectorUrl: env['PUBLIC_URL'] ?? place.url,
  })
  return {
    ...{ ...place, sandbox, env: { ...sandbox.environment, ...place.env, ...env } },
    stop: async () => {
      await sandbox.close()
      await stop()
    },
  }
}

/** What a service needs that is to run as a process, with the simulator and the demo CRM beside it. */
export const setUpFor = (tests: Tests, options?: SetUpOptions) => fixtureFor(tests, () => startSetUp(options))

/** The same for the running test. */
export const setUpAtHand = (options?: SetUpOptions) => untilTestEnds(startSetUp(options))

/** The service as a process, for the running test. */
export async function serviceAtHand(...args: Parameters<typeof startProcess>) {
  const service = await startProcess(...args)
  onTestFinished(async () => {
    await service.stop('SIGKILL')
  })
  return service
}
