/**
 * Does as a process of its own, so that a test can kill it, what WORK names: `send`s the events that are due, one after the other, and
 * ends when there are none; `drain`s all by the loop of the service, and says what memory it has; or connects or disconnects the
 * customer `acme`.
 */
import { setTimeout } from 'node:timers/promises'
import { eventDeps } from '../../src/compose/events.ts'
import { realEnvironment } from '../../src/compose/environment.ts'
import { deliveryLoop } from '../../src/compose/loops.ts'
import { deliverDue } from '../../src/events/deliver.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { loadSettings } from '../../src/settings.ts'
import { openStore } from '../../src/store/index.ts'
import { OPERATOR } from '../contracts/store-lifecycle.ts'
import { connected } from '../support/attempts.ts'

const settings = loadSettings({ env: process.env, readFile: () => '' })
const work = process.env['WORK'] ?? 'send'
// Who sends is the service: on SQLite the leases of the one before it end.
const store = await openStore(settings, { keepsLeases: work === 'send' || work === 'drain' })
const parts = { store, log: createLogger('silent'), metrics: createMetrics(), env: realEnvironment }

function sender() {
  const events = eventDeps(settings, parts)
  if (!events) throw new Error('EVENTS_URL is not set')
  return events
}

const WORK: Record<string, () => Promise<unknown>> = {
  async send() {
    const events = sender()
    while ((await deliverDue(events)) === true);
    await events.receiver.close()
  },
  async drain() {
    const events = sender()
    const loop = deliveryLoop(events)
    loop.start()
    for (let left = Infinity; left > 0;) {
      await setTimeout(500)
      left = (await store.deliveries.counts()).waiting
      globalThis.gc?.()
      const { heapUsed, external } = process.memoryUsage()
      process.stdout.write(`${JSON.stringify({ left, memory: heapUsed + external })}\n`)
    }
    await loop.stop()
    await events.receiver.close()
  },
  connect: () => connected(store, 'acme', 'the-key-of-acme'),
  disconnect: () => store.connections.disconnect('acme', OPERATOR, new Date()),
}

await WORK[work]?.()
await store.close()
