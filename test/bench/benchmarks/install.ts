import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../support/free-port.ts'
import { nodeFlags } from '../../support/node-flags.ts'
import type { Bench, Benchmark, Round } from '../benchmark.ts'
import type { InstallLoad, InstallsDone } from '../load/install.ts'
import { startChild, type Child } from '../processes/child.ts'
import type { Usage } from '../processes/probe.ts'
import { HANDOFF, serviceEnvironment, startService } from '../processes/service.ts'
import { quantile } from '../statistics.ts'

const script = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const AT_A_TIME = 8

interface Parties {
  wazzup: Child
  generator: Child
}

interface Server extends Child {
  url: string
}

/** Installs one after another, for what each takes; then some at a time, for how many go through. */
const round =
  (server: Server, { wazzup, generator }: Parties, { scale }: Bench): Round =>
  async () => {
    const install = async (atATime: number) => {
      const states = await wazzup.ask<string[]>('mint', scale.installs)
      return generator.ask<InstallsDone>('load', { url: server.url, states, atATime } satisfies InstallLoad)
    }
    await wazzup.ask('own times')
    const before = await server.ask<Usage>('usage')
    const { wall, confirms } = await install(1)
    const after = await server.ask<Usage>('usage')
    const atWazzup = await wazzup.ask<number[]>('own times')
    const own = confirms.map((took, i) => took - (atWazzup[i] ?? NaN))
    const together = await install(AT_A_TIME)
    return {
      'an install': wall / scale.installs,
      'its processor time': (after.cpu - before.cpu) / scale.installs,
      installs: (1000 * scale.installs) / together.wall,
      'p99 of the confirm step, without Wazzup': quantile(own, 0.99),
    }
  }

async function skeleton(folder: string, env: Record<string, string>): Promise<Server> {
  const port = await freePort()
  const more = {
    PORT: String(port),
    FILE: join(folder, `skeleton-${port}.db`),
    LOGIN_URL: `${HANDOFF.issuer}/login`,
  }
  const child = await startChild(script('../baselines/skeleton.ts'), { ...env, ...more })
  return { ...child, url: `http://127.0.0.1:${port}` }
}

const stored = (folder: string, file: string) => ({
  DATABASE_URL: `file:${join(folder, file)}`,
  ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
})

async function service(folder: string, env: Record<string, string>): Promise<Server> {
  const started = await startService({ ...env, ...stored(folder, 'installs.db') })
  return { ...started, url: started.publicUrl }
}

/** With the settings of the service, and its flags. */
async function floor(folder: string, env: Record<string, string>): Promise<Server> {
  const port = await freePort()
  const all = serviceEnvironment({ port, internal: 10 }, { ...env, ...stored(folder, 'installs-floor.db') })
  const child = await startChild(script('../floors/install.ts'), all, nodeFlags())
  return { ...child, url: `http://127.0.0.1:${port}` }
}

const installBy = (
  server: typeof service,
  more: Pick<Benchmark, 'name' | 'subject' | 'figures'>,
): Benchmark => ({
  ...more,
  baseline: 'skeleton: same requests in and out, as many commits, nothing else',
  pairs: 'long',
  async prepare(bench) {
    const WAZZUP_SECRET = randomBytes(32).toString('base64url')
    const port = await freePort()
    const env = { WAZZUP_SECRET, WAZZUP_API_URL: `http://127.0.0.1:${port}` }
    const wazzup = await startChild(script('../load/wazzup.ts'), {
      SECRET: WAZZUP_SECRET,
      PORT: String(port),
    })
    const parties = { wazzup, generator: await startChild(script('../load/install.ts')) }
    const both = [await server(bench.folder, env), await skeleton(bench.folder, env)] as const
    const [subject, baseline] = both.map((one) => round(one, parties, bench)) as [Round, Round]
    for (const warmUp of [subject, baseline]) await warmUp()
    return {
      ...{ subject, baseline },
      async close() {
        for (const child of [...Object.values(parties), ...both]) await child.stop()
      },
    }
  },
})

export const installs: readonly Benchmark[] = [
  installBy(service, {
    name: 'Install',
    subject: 'all requests of one customer, login by hand-over, on SQLite',
    figures: [
      { name: 'an install', unit: 'ms', target: { of: 'ratio', atMost: 1.5 } },
      { name: 'its processor time', unit: 'ms', target: { of: 'ratio', atMost: 2 } },
      { name: 'installs', unit: '/s' },
      { name: 'p99 of the confirm step, without Wazzup', unit: 'ms' },
    ],
  }),
  installBy(floor, {
    name: 'Install, its floor',
    subject: 'skeleton with the real store, signature and pages, a connection of its own for the exchange',
    figures: [
      { name: 'an install', unit: 'ms' },
      { name: 'its processor time', unit: 'ms' },
    ],
  }),
]
