import { hours, minutes, seconds } from '../../src/shared/clock.ts'
import { recoverOne } from '../../src/connect/recover.ts'
import type { ConnectDeps } from '../../src/connect/visit.ts'
import { disconnectAccount } from '../../src/keys/disconnect.ts'
import { probeOne } from '../../src/keys/probe.ts'
import type { LoginMethod } from '../../src/login/port.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { StoreUnavailable } from '../../src/store/errors.ts'
import { createWriteProof } from '../../src/store/write-proof.ts'
import type { Webhooks } from '../../src/wazzup/webhooks.ts'
import { OPERATOR } from '../contracts/store-lifecycle.ts'
import type { Actor } from './scheduler.ts'
import { scheduledStore } from './scheduled-store.ts'
import type { World } from './world.ts'

/** The crmKey of an older generation resolves for so long: longer than a run, so that nothing ends by itself. */
const GRACE = hours(24)

/** One process of the service: the flows as they are, over a store and a Wazzup whose every call waits for its turn. */
export interface Replica extends Actor {
  /** How far its wall clock is ahead, in milliseconds. */
  ahead: number
  deps: ConnectDeps
  /** An operator's word. */
  disconnect(crmAccountId: string): Promise<unknown>
  /** Keys that could not be recorded yet. */
  recording: ReadonlySet<Promise<unknown>>
  /** Resolves when it is killed. */
  killed: Promise<void>
  kill: () => void
}

const unused = () => {
  throw new Error('Nobody logs in by this')
}

/** The steps of the confirmation ask a login method for one thing only. */
const LOGIN: LoginMethod = {
  ...{ begin: unused, attemptOf: unused, senderOf: unused, complete: unused, check: unused },
  judge: unused,
  mayConnect: () => true,
  health: () => ({ ok: true, detail: '' }),
  close: () => Promise.resolve(),
}

const METER = { reached: () => undefined, missed: () => undefined, exchanged: () => undefined }

export function startReplica(name: string, ahead: number, world: World): Replica {
  const { scheduler, trace } = world
  const actor: Actor = { name, alive: true, stalledUntil: 0 }
  const recording = new Set<Promise<unknown>>()
  let die: () => void = () => undefined
  const killed = new Promise<void>((resolve) => (die = resolve))
  const keep = async (work: Promise<unknown>) => {
    trace.count('keys that wait for the database')
    recording.add(work)
    await work
    recording.delete(work)
  }
  const store = scheduledStore(actor, world)
  const clock = () => world.wallClock(replica.ahead)
  const writeProof = createWriteProof(() => store.proveWritable(clock()), scheduler.now)
  const deps: ConnectDeps = {
    monotonic: scheduler.now,
    ...{ store, clock, storeWellFor: writeProof.wellFor, ...around(actor, world) },
    background: { keep: (work) => void keep(work), stopped: new AbortController().signal },
    isNews: () => true,
  }
  const replica: Replica = Object.assign(actor, {
    ...{ ahead, recording, killed, deps },
    disconnect: (crmAccountId: string) =>
      disconnectAccount(crmAccountId, OPERATOR, {
        ...deps,
        webhooks: webhooksFor(actor, world),
        webhooksUrl: null,
      }),
    kill() {
      scheduler.kill(actor)
      die()
    },
  })
  const loop = looping(actor, world)
  for (let width = 0; width < 2; width++) loop(async () => (await recoverOne(deps)) === true, seconds(15))
  const probe = world.wazzup.probeFor(actor)
  loop(async () => (await probeOne({ ...deps, probe, interval: minutes(1) })) === true, seconds(30))
  loop(() => writeProof.make().then(() => false), seconds(10))
  loop(async () => (await store.cleanUp(clock(), 200)) > 0, minutes(10))
  return replica
}

/** What the flows meet besides the store and the clock. */
function around(actor: Actor, { dice, scheduler, trace, wazzup }: World) {
  const write = (line: string) => {
    const { event, level } = JSON.parse(line) as Record<string, string>
    if (level !== 'debug') trace.tell(actor, `logs ${event ?? ''}`)
  }
  return {
    ...{
      login: LOGIN,
      meter: METER,
      log: createLogger('info', { write }),
      connect: wazzup.connectFor(actor),
    },
    random: (bytes: number) => dice.text(bytes),
    jitter: () => dice.next(),
    sleep: (ms: number) => scheduler.sleep(actor, ms),
    settings: {
      ...{ crmCode: 'crm', secret: () => 'secret', unfinishedAttempts: 1000, crmKeyGrace: GRACE },
      uploadPlan: [],
    },
  }
}

/** As `src/workers/loop.ts`, with pauses out of the seed. */
const looping =
  (actor: Actor, { dice, scheduler, expectUnavailable }: World) =>
  (work: () => Promise<boolean>, idle: number) => {
    void (async () => {
      for (;;) {
        const more = await work().catch(expectUnavailable)
        await scheduler.sleep(actor, more === true ? 0 : dice.within(seconds(1), idle))
      }
    })()
  }

const webhooksFor = (actor: Actor, { dice, scheduler }: World): Webhooks => ({
  read: () => scheduler.turn(actor, { in: dice.within(5, 500), work: () => NO_ADDRESS }),
  change: unused,
})

const NO_ADDRESS = {
  kind: 'read' as const,
  settings: {
    address: null,
    subscriptions: {
      ...{ messagesAndStatuses: false, contactsAndDealsCreation: false, channelsUpdates: false },
      templateStatus: false,
    },
  },
}

export const isUnavailable = (error: unknown) => error instanceof StoreUnavailable
