import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bench, Benchmark, Round } from '../benchmark.ts'
import { startChild, type Child } from '../processes/child.ts'
import { nodeFlags } from '../../support/node-flags.ts'
import type { Took } from '../processes/timed.ts'
import { serviceEnvironment } from '../processes/service.ts'

const script = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** One passage by a new process, so that what it keeps shows; with the flags of the image, the loop as well. */
export const round =
  (sandbox: Child, more: Record<string, string>, { scale, folder }: Bench): Round =>
  async () => {
    const env = {
      ...serviceEnvironment({ port: 9, internal: 10 }, {}),
      ...(await sandbox.ask<Record<string, string>>('environment')),
      ...{ DATABASE_URL: `file:${join(folder, `upload-${randomBytes(6).toString('hex')}.db`)}`, ...more },
      ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    }
    const child = await startChild(script('../load/upload.ts'), env, nodeFlags())
    const { wall, cpu, growth } = await child.ask<Took & { growth: number }>('run')
    await child.stop()
    const arrived = await sandbox.ask<number>('arrived')
    if (arrived !== scale.contacts) throw new Error(`${arrived} contacts have arrived of ${scale.contacts}`)
    return {
      contacts: (1000 * arrived) / wall,
      'its processor time for 1 000': (1000 * cpu) / arrived,
      'memory growth': growth / 1024 ** 2,
    }
  }

/** Wazzup, and a CRM with the contacts. */
export const startCrm = ({ scale }: Bench) =>
  startChild(script('../load/sandbox.ts'), { CONTACTS: String(scale.contacts) })

/** `way`: of `load/upload.ts`. */
const uploadBy = (way: string, more: Pick<Benchmark, 'name' | 'subject' | 'figures'>): Benchmark => ({
  ...more,
  baseline: 'undici loop that posts the same batches from memory',
  pairs: 'long',
  async prepare(bench) {
    const sandbox = await startCrm(bench)
    return {
      subject: round(sandbox, { WAY: way }, bench),
      baseline: round(sandbox, { WAY: 'loop' }, bench),
      close: () => sandbox.stop(),
    }
  },
})

export const uploads: readonly Benchmark[] = [
  uploadBy('upload', {
    name: 'Upload without a rate limit',
    subject: 'the worker: reads, judges, sends and writes down',
    figures: [
      { name: 'contacts', unit: '/s', target: { of: 'ratio', atLeast: 0.8 } },
      { name: 'its processor time for 1 000', unit: 'ms', target: { of: 'ratio', atMost: 2 } },
      { name: 'memory growth', unit: 'MB', target: { of: 'subject', atMost: 25 } },
    ],
  }),
  uploadBy('floor', {
    name: 'Upload, its floor',
    subject: 'loop: fetches pages, copies rows, posts, one commit a batch',
    figures: [
      { name: 'contacts', unit: '/s' },
      { name: 'its processor time for 1 000', unit: 'ms' },
    ],
  }),
]
