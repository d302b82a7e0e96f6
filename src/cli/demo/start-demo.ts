import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApp } from '../../app.ts'
import { createLogOutput } from '../../observability/log-output.ts'
import { createLogger } from '../../observability/logger.ts'
import { freePort } from '../../sandbox/free-port.ts'
import { startSandbox, type Sandbox } from '../../sandbox/start-sandbox.ts'
import { loadSettings, type Settings } from '../../settings.ts'

export interface RunningDemo {
  sandbox: Sandbox
  settings: Settings
  stop: () => Promise<void>
}

export interface DemoOptions {
  login: 'oidc' | 'handoff'
  verbose: boolean
}

const STANDARD_ERROR = 2

/** Starts the simulator, the demo CRM and the connector, on free ports of this machine, with keys made for this run. */
export async function startDemo({ login, verbose }: DemoOptions): Promise<RunningDemo> {
  const folder = await mkdtemp(join(tmpdir(), 'wauth-demo-'))
  const [port, internalPort] = [await freePort(), await freePort()]
  const connectorUrl = `http://127.0.0.1:${port}`
  const token = randomBytes(32).toString('base64url')
  const internalUrl = `http://127.0.0.1:${internalPort}`
  const lookup = { lookupUrl: `${internalUrl}/v1/keys/lookup`, lookupToken: token }
  const changes = { internalUrl, internalToken: token }
  const sandbox = await startSandbox({ connectorUrl, login, lookup, changes })
  const settings = loadSettings({
    env: {
      ...sandbox.environment,
      ...environment(connectorUrl, port),
      INTERNAL_PORT: String(internalPort),
      INTERNAL_TOKEN: token,
      DATABASE_URL: `file:${folder}/wauth.db`,
      EVENTS_URL: sandbox.crm.eventsUrl,
      EVENTS_SECRET: sandbox.crm.eventsSecret,
    },
    readFile: () => '',
  })
  const output = verbose ? createLogOutput(STANDARD_ERROR, { resumed: () => undefined }) : undefined
  const log = createLogger(verbose ? 'info' : 'silent', output)
  const app = await createApp(settings, log)
  await app.start()
  return {
    sandbox,
    settings,
    async stop() {
      await app.stop()
      await sandbox.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const environment = (connectorUrl: string, port: number) => ({
  NODE_ENV: 'development',
  PUBLIC_URL: connectorUrl,
  HOST: '127.0.0.1',
  PORT: String(port),
  ENCRYPTION_KEYS: `demo:${randomBytes(32).toString('base64')}`,
})
