import { hours, minutes, seconds } from '../../src/shared/clock.ts'
import { recoverOne } from '../../src/connect/recover.ts'
import type { ConnectDeps } from '../../src/connect/visit.ts'
import { createSealer } from '../../src/crypto/sealer.ts'
import { disconnectAccount } from '../../src/keys/disconnect.ts'
import { createLookup, type Lookup } from '../../src/keys/lookup.ts'
import { probeOne } from '../../src/keys/probe.ts'
import type { LoginMethod } from '../../src/login/port.ts'
import { createLogger } from '../../src/observability/logger.ts'
import type { Store } from '../../src/store/port.ts'
import { sealStore } from '../../src/store/sealed.ts'
import { createWriteProof, type WriteProof } from '../../src/store/write-proof.ts'
import type { Webhooks } from '../../src/wazzup/webhooks.ts'
import { OPERATOR } from '../contracts/store-lifecycle.ts'
import { ringOf } from './keys-in-use.ts'
import { scheduledStore, type KeyHolder } from './scheduled-store.ts'
import type { Actor } from './scheduler.ts'
import type { Machine, World } from './world.ts'

/** The crmKey of an older generation resolves for so long: longer than a run, so that nothing ends by itself. */
const GRACE = hours(24)

/** One process of the service: the flows as they are, over a store and a Wazzup whose every call waits for its turn. */
export interface Replica extends KeyHolder {
  machine: Machine
  /** It has started, and is not told to stop. */
  serves: boolean
  /** When it began to take requests. */
  servesSince: number | null
  /** When it was sure the last time to have said which encryption keys it has. */
  announcedAt: number | null
  /** Begins to serve, and with all that it does by itself. */
  work: () => void
  /** Its store, for what waits for no turn. */
  sealed: Store
  deps: ConnectDeps
  lookUp: Lookup
  /** An operator's word. */
  disconnect(crmAccountId: string): Promise<unknown>
  /** Keys that could not be recorded yet. */
  recording: ReadonlySet<Promise<unknown>>
  /** Requests and pieces of background work that have begun. */
  underWay: Set<Promise<unknown>>
  /** Resolves when it is killed. */
  killed: Promise<void>
  kill: () => void
  /** Takes back what it has said of its encryption keys. */
  withdraw: () => Promise<void>
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

/** A process that has not begun to work. */
export function createReplica(name: string, machine: Machine, world: World): Replica {
  const { scheduler, trace, engine } = world
  const { keys } = machine
  const actor: KeyHolder = { name, keys, alive: true, stalledUntil: 0 }
  const recording = new Set<Promise<unknown>>()
  let die: () => void = () => undefined
  const killed = new Promise<void>((resolve) => (die = resolve))
  const keep = async (work: Promise<unknown>) => {
    trace.count('keys that wait for the database')
    recording.add(work)
    await work
    recording.delete(work)
  }
  const sealed = sealStore(engine, createSealer(ringOf(keys)))
  const store = scheduledStore(actor, sealed, world)
  const clock = () => world.wallClock(machine.ahead)
  const writeProof = createWriteProof(() => store.proveWritable(clock()), scheduler.now)
  const deps: ConnectDeps = {
    monotonic: scheduler.now,
    ...{ store, clock, storeWellFor: writeProof.wellFor, ...around(actor, world) },
    background: { keep: (work) => void keep(work), stopped: new AbortController().signal },
    isNews: () => true,
    wasPaused: () => false,
  }
  const replica: Replica = Object.assign(actor, {
    ...{ machine, sealed, recording, killed, deps, lookUp: createLookup(store.keys) },
    ...{ serves: false, servesSince: null, announcedAt: null, underWay: new Set<Promise<unknown>>() },
    disconnect: (crmAccountId: string) =>
      disconnectAccount(crmAccountId, OPERATOR, {
        ...deps,
        webhooks: webhooksFor(actor, world),
        webhooksUrl: null,
      }),
    work() {
      replica.serves = true
      replica.servesSince = scheduler.now()
      workOn(replica, writeProof, world)
    },
    withdraw: () => Promise.resolve(),
    kill() {
      replica.serves = false
      scheduler.kill(actor)
      die()
    },
  })
  return replica
}

/** Everything that runs without being asked. */
function workOn(replica: Replica, writeProof: WriteProof, world: World) {
  const { deps } = replica
  const loop = looping(replica, world)
  for (let width = 0; width < 2; width++) loop(async () => (await recoverOne(deps)) === true, seconds(15))
  const probe = world.wazzup.probeFor(replica)
  loop(async () => (await probeOne({ ...deps, probe, interval: minutes(1) })) === true, seconds(30))
  loop(() => writeProof.make().then(() => false), seconds(10))
  loop(async () => (await deps.store.cleanUp(deps.clock(), 200)) > 0, minutes(10))
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
export const looping =
  (replica: Replica, { dice, scheduler, expectUnavailable }: World) =>
  (work: () => Promise<boolean>, idle: number) => {
    void (async () => {
      while (replica.serves) {
        const more = await during(replica, work).catch(expectUnavailable(replica.keys))
        await scheduler.sleep(replica, more === true ? 0 : dice.within(seconds(1), idle))
      }
    })()
  }

/** A replica that stops lets it end. */
export async function during<T>({ underWay }: Replica, work: () => Promise<T>): Promise<T> {
  const begun = work()
  underWay.add(begun)
  return begun.finally(() => underWay.delete(begun))
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
