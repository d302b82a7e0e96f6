import { acceptChanges, type AskedChange } from '../../src/changes/accept.ts'
import type { ChangeDeps } from '../../src/changes/deps.ts'
import { sendSomeChanges } from '../../src/changes/run.ts'
import { OVERDUE } from '../../src/compose/loops.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { createAccounts } from '../../src/sandbox/wazzup/accounts.ts'
import { seconds } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { createNarrowings } from '../../src/upload/narrowing.ts'
import { createReadPhone } from '../../src/upload/rules/phones.ts'
import type { WazzupClient } from '../../src/wazzup/client.ts'
import { createEntities } from '../../src/wazzup/entities.ts'
import { createRemove } from '../../src/wazzup/remove.ts'
import { createUpsert } from '../../src/wazzup/upsert.ts'
import { createLoop } from '../../src/workers/loop.ts'
import { connected } from './attempts.ts'
import { callsOf, drivenWorld, type DrivenWorld } from './drive-uploads.ts'
import { simulated, type DrivenOptions } from './driven-uploads.ts'

/** As the service has it, when nothing was to do. */
export const IDLE = seconds(1)

interface Options extends Pick<DrivenOptions, 'atWazzup' | 'callTakes'> {
  /** What waits when the service starts, by customer. */
  waiting: Record<string, AskedChange[]>
  /** What comes later: after so many milliseconds, and from whom. */
  later?: { at: number; customer: string; changes: AskedChange[] }[]
  /** Whose changes are waited for; others may go on for ever. */
  until: readonly string[]
}

/** Changes of one request. */
const AT_ONCE = 1000

/**
 * The real sending of changes, four customers at a time, over the simulator's own rules of the data and of the rate, in a time that
 * passes as fast as everybody waits for it. Resolves to the milliseconds that each customer's changes took, the longest of all
 * that were passed on together.
 */
export async function sendInTurns({ waiting, later = [], until, ...wazzup }: Options) {
  const world = await drivenWorld()
  const { store, time } = world
  const accounts = createAccounts()
  const asked = new Map<string, number>()
  const longest = new Map<string, number>()
  const deps = depsOf(world, simulated({ time, accounts }, wazzup))
  const pass = async (customer: string, changes: AskedChange[]) => {
    for (let from = 0; from < changes.length; from += AT_ONCE)
      await acceptChanges(customer, changes.slice(from, from + AT_ONCE), deps)
    asked.set(customer, time.now())
  }
  for (const [customer, changes] of Object.entries(waiting)) {
    await connected(store, customer, customer)
    await pass(customer, changes)
  }
  const loop = createLoop(() => sendSomeChanges(deps), {
    ...{ name: 'changes', idle: IDLE, width: 4, patience: OVERDUE, log: deps.log, sleep: time.sleep },
  })
  /** Looks often: a customer of whom nothing waits is served. */
  async function untilServed() {
    const coming = [...later]
    while (coming.length > 0 || until.some((customer) => asked.has(customer))) {
      for (const one of coming.filter(({ at }) => at <= time.now())) {
        coming.splice(coming.indexOf(one), 1)
        await pass(one.customer, one.changes)
      }
      for (const customer of until) {
        const since = asked.get(customer)
        if (since === undefined || (await store.changes.find(customer))?.waiting !== 0) continue
        asked.delete(customer)
        longest.set(customer, Math.max(longest.get(customer) ?? 0, time.now() - since))
      }
      await time.sleep(100)
    }
    await loop.stop()
  }
  loop.start()
  await time.run(untilServed())
  return {
    longest,
    waits: async (customer: string) => (await store.changes.find(customer))?.waiting ?? 0,
  }
}

function depsOf(world: DrivenWorld, client: WazzupClient): ChangeDeps {
  const { store, clock, time } = world
  const call = callsOf(world, client)
  return {
    ...{ store, clock, monotonic: time.now, random: systemRandom, jitter: () => 0.5 },
    ...{ log: createLogger('silent'), readPhone: createReadPhone(null), meter: createMetrics().changes },
    ...{ upsert: createUpsert(call), remove: createRemove(call), entities: createEntities(call) },
    narrowings: createNarrowings(time.now),
  }
}
