import type { ChangeDeps } from '../changes/deps.ts'
import { sendSomeChanges } from '../changes/run.ts'
import { recoverOne } from '../connect/recover.ts'
import type { ConnectDeps } from '../connect/visit.ts'
import type { LogoSource } from '../crm/logo.ts'
import { deliverDue, type EventDeps } from '../events/deliver.ts'
import { probeOne } from '../keys/probe.ts'
import { switchOffOne } from '../keys/switch-off-later.ts'
import type { Settings } from '../settings.ts'
import { seconds } from '../shared/clock.ts'
import { checkOneAddress } from '../upload/check-address.ts'
import type { UploadDeps } from '../upload/deps.ts'
import { WRITE_EVERY, type WriteProof } from '../store/write-proof.ts'
import { uploadOne } from '../upload/run.ts'
import { createLoop } from '../workers/loop.ts'
import type { KeyDeps } from './key-deps.ts'
import type { Environment } from './environment.ts'
import type { Watch } from './watch.ts'

const CLEAN_UP_BATCH = 200

/** Milliseconds after which a key that is missing, or a clock that was set, is noticed. */
const WATCH_EVERY = seconds(5)

/** Milliseconds. A turn of an upload is over sooner (`upload/turn.ts`), unless one call or page hangs: others go on then. */
export const OVERDUE = seconds(4)

/** `width`: customers at a time; each gives its place up after a few seconds when others wait. */
const IN_TURNS = { idle: seconds(1), width: 4, patience: OVERDUE }

/** A pause is known on all replicas within a second. */
const LOOK_AT_INSTALLS_EVERY = seconds(0.5)

export interface LoopParts {
  connect: ConnectDeps
  keys: KeyDeps
  events: EventDeps | null
  logo: LogoSource
  upload: UploadDeps
  changes: ChangeDeps
  writeProof: WriteProof
  watch: Pick<Watch, 'look' | 'installs'>
  env: Pick<Environment, 'longestIdle'>
}

/** Work of which there is never more to do at once. */
const nowAndThen = (work: () => Promise<unknown>) => async () => {
  await work()
  return false
}

/** Everything that runs without being asked. */
export function createLoops({ keyProbeIntervalMs: interval, kept }: Settings, parts: LoopParts) {
  const { connect, keys, events, logo, upload, changes, writeProof, watch, env } = parts
  const idle = env.longestIdle
  const { store, clock, log } = connect
  const erase = async () => (await store.cleanUp(clock(), CLEAN_UP_BATCH, kept)) > 0
  return {
    // What is announced ends by itself: it is said again as soon as the database is back.
    watch: createLoop(nowAndThen(watch.look), {
      name: 'watch',
      idle: WATCH_EVERY,
      longest: WATCH_EVERY,
      log,
    }),
    installs: createLoop(nowAndThen(watch.installs.look), {
      ...{ name: 'installs', idle: LOOK_AT_INSTALLS_EVERY, longest: WATCH_EVERY },
      log,
    }),
    writeProof: createLoop(nowAndThen(writeProof.make), { name: 'write-proof', idle: WRITE_EVERY, log }),
    recovery: createLoop(() => recoverOne(connect), {
      name: 'recovery',
      idle: seconds(1),
      // Each may wait for a slow Wazzup; the store gives every exchange to one of them.
      width: 4,
      log,
    }),
    cleanUp: createLoop(erase, { name: 'clean-up', idle, log }),
    upload: createLoop(() => uploadOne(upload), { name: 'upload', ...IN_TURNS, log }),
    changes: createLoop(() => sendSomeChanges(changes), { name: 'changes', ...IN_TURNS, log }),
    switchOff: createLoop(() => switchOffOne(keys), { name: 'switch-off', idle: seconds(1), width: 2, log }),
    address: createLoop(() => checkOneAddress({ ...upload, webhooks: keys.webhooks }), {
      name: 'address',
      idle,
      log,
    }),
    logo: createLoop(() => logo.refresh(), { name: 'logo', idle, log }),
    ...(events && { deliveries: deliveryLoop(events) }),
    ...(interval > 0 && {
      // Often enough that a new key is tried at once; looking is one read of an index.
      probe: createLoop(() => probeOne({ ...keys, interval }), { name: 'probe', idle: seconds(1), log }),
    }),
  }
}

/** Connections at a time; of each, one event after the other. After a kill so many events at most come once more. */
export const DELIVERIES_AT_A_TIME = 16

export const deliveryLoop = (events: EventDeps) =>
  createLoop((mayGoOn) => deliverDue(events, mayGoOn), {
    ...{ name: 'deliveries', idle: seconds(1), log: events.log },
    width: DELIVERIES_AT_A_TIME,
  })
