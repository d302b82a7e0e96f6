import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newWebhookSecret } from '../../../src/config/fields/webhook-secret.ts'
import { freePort } from '../../support/free-port.ts'
import { nodeFlags } from '../../support/node-flags.ts'
import type { Benchmark } from '../benchmark.ts'
import { startChild } from '../processes/child.ts'
import { serviceEnvironment } from '../processes/service.ts'
import type { Took } from '../processes/timed.ts'

const script = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** `ask`: of `load/deliveries.ts`. */
const deliveriesBy = (
  ask: 'send' | 'floor',
  more: Pick<Benchmark, 'name' | 'subject' | 'figures'>,
): Benchmark => ({
  ...more,
  baseline: 'undici loop that posts the same bytes from memory and commits as often',
  pairs: 'short',
  async prepare({ scale, databases, folder }) {
    const { url, encryptionKeys, customers } = await databases.filled('sqlite', scale.connections.few)
    const [port, file] = [await freePort(), join(folder, `deliveries-${ask}.db`)]
    await copyFile(new URL(url).pathname, file)
    const receiver = await startChild(script('../load/receiver.ts'), { PORT: String(port) })
    const env = serviceEnvironment({ port: 9, internal: 10 }, {})
    const sender = await startChild(
      script('../load/deliveries.ts'),
      {
        ...{ ...env, DATABASE_URL: `file:${file}`, ENCRYPTION_KEYS: encryptionKeys },
        ...{ EVENTS_URL: `http://127.0.0.1:${port}/events`, EVENTS_SECRET: newWebhookSecret() },
        ...{ FILE: file, BARE: `${file}-bare`, CUSTOMERS: String(customers) },
      },
      nodeFlags(),
    )
    const count = scale.events * customers
    const told = ({ wall, cpu }: Took) => ({
      ...{ events: (1000 * count) / wall, 'its processor time for 1 000': (1000 * cpu) / count },
    })
    const subject = async () => {
      await sender.ask('fill', scale.events)
      return told(await sender.ask<Took>(ask, count))
    }
    const baseline = async () => told(await sender.ask<Took>('bare', count))
    for (const warmUp of [subject, baseline]) await warmUp()
    const close = async () => {
      for (const child of [sender, receiver]) await child.stop()
    }
    return { subject, baseline, close }
  },
})

export const deliveries: readonly Benchmark[] = [
  deliveriesBy('send', {
    name: 'Deliveries',
    subject: 'the sender of events: takes, opens, signs, posts and writes down, on SQLite',
    figures: [
      { name: 'events', unit: '/s', target: { of: 'ratio', atLeast: 0.7 } },
      { name: 'its processor time for 1 000', unit: 'ms' },
    ],
  }),
  deliveriesBy('floor', {
    name: 'Deliveries, their floor',
    subject: 'loop: takes, opens, signs, posts, ends by shared commits',
    figures: [
      { name: 'events', unit: '/s' },
      { name: 'its processor time for 1 000', unit: 'ms' },
    ],
  }),
]
