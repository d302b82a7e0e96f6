import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bench, Benchmark, Target } from '../benchmark.ts'
import { startChild, type Child } from '../processes/child.ts'
import type { Took } from '../processes/timed.ts'

const script = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const figures = (target: Target) =>
  ['a look-up', 'its processor time'].map((name) => ({ name, unit: 'µs', target }))

/** Calls of one round, told as what one takes. */
const round = (child: Child, ask: string, count: number) => async () => {
  const { wall, cpu } = await child.ask<Took>(ask, count)
  return { 'a look-up': (1000 * wall) / count, 'its processor time': (1000 * cpu) / count }
}

/** A process that has opened the database, and made the floor's with as many rows. */
async function inProcess({ scale, databases, folder }: Bench): Promise<Child> {
  const { url, encryptionKeys, customers } = await databases.filled('sqlite', scale.connections.few)
  const env = { DATABASE_URL: url, ENCRYPTION_KEYS: encryptionKeys, CUSTOMERS: String(customers) }
  return startChild(script('../load/in-process.ts'), {
    ...env,
    FLOOR: join(folder, `floor-${Date.now()}.db`),
  })
}

const toFloor: Benchmark = {
  name: 'Look-up in process, to the floor',
  subject: 'keys.lookup() with the apiKey opened',
  baseline: 'one SHA-256, one prepared get, one AES-256-GCM open',
  figures: figures({ of: 'ratio', atMost: 1.5 }),
  pairs: 'short',
  async prepare(bench) {
    const child = await inProcess(bench)
    const { lookups } = bench.scale
    const contenders = { subject: round(child, 'look up', lookups), baseline: round(child, 'floor', lookups) }
    for (const warmUp of Object.values(contenders)) await warmUp()
    return { ...contenders, close: () => child.stop() }
  },
}

const ALTERNATIVES = {
  slack: { package: '@slack/oauth', file: '@slack/oauth/package.json', words: "@slack/oauth's file store" },
  shopify: {
    ...{
      package: '@shopify/shopify-app-session-storage-sqlite',
      words: '@shopify/shopify-app-session-storage-sqlite',
    },
    // Without its binary, which an install script brings, the package is there but does not work.
    file: 'sqlite3/build/Release/node_sqlite3.node',
  },
}

const toAlternative = (store: keyof typeof ALTERNATIVES): Benchmark => ({
  name: `Look-up in process, to ${ALTERNATIVES[store].package}`,
  subject: 'keys.lookup() with the apiKey opened',
  baseline: `${ALTERNATIVES[store].words}, as many rows`,
  figures: figures({ of: 'ratio', atMost: 0.2 }),
  pairs: 'short',
  async prepare(bench) {
    if (!existsSync(script(`../alternatives/node_modules/${ALTERNATIVES[store].file}`))) {
      return { skipped: 'not installed: npm ci --prefix test/bench/alternatives' }
    }
    const FOLDER = join(bench.folder, store)
    await mkdir(FOLDER)
    const { lookups, connections } = bench.scale
    const env = { STORE: store, FOLDER, CUSTOMERS: String(connections.few) }
    const [ours, theirs] = [
      await inProcess(bench),
      await startChild(script('../alternatives/stores.ts'), env),
    ]
    const contenders = {
      subject: round(ours, 'look up', lookups),
      baseline: round(theirs, 'look up', lookups),
    }
    for (const warmUp of Object.values(contenders)) await warmUp()
    return {
      ...contenders,
      async close() {
        await Promise.all([ours.stop(), theirs.stop()])
      },
    }
  },
})

export const lookUpInProcess: readonly Benchmark[] = [
  toFloor,
  toAlternative('slack'),
  toAlternative('shopify'),
]
