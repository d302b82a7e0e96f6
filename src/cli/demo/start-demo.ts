import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createApp } from '../../app.ts'
import { createLogger } from '../../observability/logger.ts'
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

/** Starts the simulator, the demo CRM and the connector, on free ports of this machine, with keys made for this run. */
export async function startDemo({ login, verbose }: DemoOptions): Promise<RunningDemo> {
  const folder = await mkdtemp(join(tmpdir(), 'wauth-demo-'))
  const port = await freePort()
  const connectorUrl = `http://127.0.0.1:${port}`
  const sandbox = await startSandbox({ connectorUrl, login })
  const settings = loadSettings({
    env: {
      ...sandbox.environment,
      ...environment(connectorUrl, port),
      DATABASE_URL: `file:${folder}/wauth.db`,
    },
    readFile: () => '',
  })
  const log = createLogger(verbose ? 'info' : 'silent', pino.destination({ fd: 2, sync: true }))
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
  INTERNAL_PORT: '0',
  ENCRYPTION_KEYS: `demo:${randomBytes(32).toString('base64')}`,
})

/** The connector's address is part of its settings and of the demo CRM's, so it must be known before either starts. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => {
        resolve(port)
      })
    })
  })
}
