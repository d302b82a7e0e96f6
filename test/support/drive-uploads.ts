import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { OVERDUE } from '../../src/compose/loops.ts'
import type { CrmSource } from '../../src/crm/port.ts'
import { confirmingRefusals } from '../../src/keys/health.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { after, seconds, type Clock } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import type { Store } from '../../src/store/port.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { MOST_REJECTS } from '../../src/store/upload.ts'
import type { UploadDeps } from '../../src/upload/deps.ts'
import { createNarrowings } from '../../src/upload/narrowing.ts'
import { createRooms } from '../../src/upload/room.ts'
import { createReadPhone } from '../../src/upload/rules/phones.ts'
import { uploadOne } from '../../src/upload/run.ts'
import { createGate } from '../../src/upstream/gate.ts'
import { createAuthorizedCall, type AuthorizedCall } from '../../src/wazzup/authorized-call.ts'
import type { WazzupClient } from '../../src/wazzup/client.ts'
import { createEntities } from '../../src/wazzup/entities.ts'
import { createGatedClient } from '../../src/wazzup/gated-client.ts'
import { createLimitedCall, RATE } from '../../src/wazzup/limiter.ts'
import { createUpsert } from '../../src/wazzup/upsert.ts'
import { createWebhooks } from '../../src/wazzup/webhooks.ts'
import { createLoop } from '../../src/workers/loop.ts'
import { NOON } from './attempts.ts'
import { drivenTime, type DrivenTime } from './driven-time.ts'
import { tempDir } from './temp-dir.ts'

export interface DrivenWorld {
  time: DrivenTime
  clock: Clock
  store: Store
}

/** A store in a time that passes as fast as everybody waits for it. */
export async function drivenWorld(): Promise<DrivenWorld> {
  const time = drivenTime()
  const clock = () => after(NOON, time.now())
  const folder = await tempDir()
  onTestFinished(() => folder.remove())
  const store = await openSqliteStore(join(folder.path, 'wauth.db'), { clock, monotonic: time.now })
  onTestFinished(() => store.close())
  return { time, clock, store }
}

interface Sides {
  client: WazzupClient
  source: CrmSource
  webhooksUrl?: URL
  /** Of the loop. */
  patience?: number
}

/**
 * The real uploads of these customers, four at a time. Resolves when all have ended: to when each did, in milliseconds after the
 * start.
 */
export async function driveUploads(customers: readonly string[], world: DrivenWorld, sides: Sides) {
  const { time } = world
  const ends = new Map<string, number>()
  const log = createLogger('info', {
    write(line: string) {
      const { event, crmAccountId } = JSON.parse(line) as { event: string; crmAccountId: string }
      if (event === 'upload.ended') ends.set(crmAccountId, time.now())
    },
  })
  const deps = depsOf(world, { ...sides, log })
  const { patience = OVERDUE } = sides
  const loop = createLoop(() => uploadOne(deps), {
    ...{ name: 'upload', idle: seconds(1), width: 4, patience, log, sleep: time.sleep },
  })
  const began = time.now()
  loop.start()
  const allEnded = async () => {
    while (ends.size < customers.length) await time.sleep(500)
    await loop.stop()
  }
  await time.run(allEnded())
  return new Map([...ends].map(([customer, at]) => [customer, at - began]))
}

/** Calls of Wazzup as the service makes them: behind its breaker, by its measure per apiKey. */
export function callsOf({ clock, time }: DrivenWorld, client: WazzupClient): AuthorizedCall {
  const { now: monotonic, sleep } = time
  const gated = createGatedClient(client, {
    ...{ gate: createGate(monotonic), deadline: seconds(15), monotonic, rejectedByGate: () => undefined },
  })
  const limited = createLimitedCall(createAuthorizedCall(gated, clock), { ...RATE, monotonic, sleep })
  return confirmingRefusals(limited)
}

function depsOf(
  world: DrivenWorld,
  { client, source, webhooksUrl, log }: Sides & Pick<UploadDeps, 'log'>,
): UploadDeps {
  const { store, clock, time } = world
  const { now: monotonic } = time
  const call = callsOf(world, client)
  return {
    ...{ store, log, clock, monotonic, random: systemRandom, jitter: () => 0.5 },
    ...{ source, webhooksUrl: webhooksUrl ?? null },
    ...{ readPhone: createReadPhone(null), meter: createMetrics().upload },
    upsert: createUpsert(call),
    entities: createEntities(call),
    webhooks: createWebhooks(call),
    narrowings: createNarrowings(monotonic),
    rooms: createRooms(monotonic),
  }
}

/** All rejects of a customer's upload. */
export async function rejectsOf({ uploads }: Pick<Store, 'uploads'>, customer: string) {
  const { generationId = '' } = (await uploads.find(customer)) ?? {}
  return uploads.rejects(generationId, { after: 0, limit: MOST_REJECTS })
}
