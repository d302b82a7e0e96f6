import { setTimeout as pause } from 'node:timers/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../support/free-port.ts'
import type { Benchmark } from '../benchmark.ts'
import { nodeFlags } from '../../support/node-flags.ts'
import { startChild } from '../processes/child.ts'
import type { Usage } from '../processes/probe.ts'
import { builtMain, serviceEnvironment } from '../processes/service.ts'

const BARE = fileURLToPath(new URL('../baselines/bare-start.ts', import.meta.url))

interface Start {
  script: string
  flags: readonly string[]
  env: Record<string, string>
  port: number
  /** Milliseconds. */
  idle: number
}

/** A process from its start until it says that it is ready, and what it has taken by then and a while later. */
async function round({ script, flags, env, port, idle }: Start) {
  const began = performance.now()
  const child = await startChild(script, env, flags)
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`)
  if (!answer.ok) throw new Error(`${script} is not ready: ${answer.status}`)
  const ready = performance.now() - began
  const { cpu } = await child.ask<Usage>('usage')
  await pause(idle)
  const { memory } = await child.ask<Usage>('usage')
  await child.stop()
  return { 'until ready': ready, 'its processor time': cpu, 'resident memory, idle': memory / 1024 ** 2 }
}

export const start: Benchmark = {
  name: 'Start',
  subject: 'the built service',
  baseline: 'process with fastify and better-sqlite3',
  figures: [
    { name: 'until ready', unit: 'ms', target: { of: 'ratio', atMost: 1.8 } },
    { name: 'its processor time', unit: 'ms', target: { of: 'ratio', atMost: 2 } },
    { name: 'resident memory, idle', unit: 'MB', target: { of: 'ratio', atMost: 1.3 } },
  ],
  pairs: 'long',
  async prepare({ databases, scale, folder }) {
    const { url, encryptionKeys } = await databases.filled('sqlite', scale.connections.few)
    const [port, internal] = [await freePort(), await freePort()]
    const keys = { DATABASE_URL: url, ENCRYPTION_KEYS: encryptionKeys }
    const service = {
      ...{ script: await builtMain(), flags: nodeFlags(), port: internal, idle: scale.idle },
      env: serviceEnvironment({ port, internal }, keys),
    }
    const env = { PORT: String(port), FILE: join(folder, 'bare.db') }
    const bare = { script: BARE, flags: [], port, env, idle: scale.idle }
    for (const warmUp of [service, bare]) await round(warmUp)
    return { subject: () => round(service), baseline: () => round(bare), close: async () => undefined }
  },
}
