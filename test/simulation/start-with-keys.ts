import { createSealer } from '../../src/crypto/sealer.ts'
import { seconds } from '../../src/shared/clock.ts'
import { checkKeys, noteSealingKey } from '../../src/store/check-keys.ts'
import { StoreUnavailable, StoreUnusable } from '../../src/store/errors.ts'
import { createKeyWatch } from '../../src/store/key-watch.ts'
import { ringOf } from './keys-in-use.ts'
import { looping, type Replica } from './replica.ts'
import type { World } from './world.ts'

/**
 * As `openStore` and `start` of `src/app.ts`: the keys are checked and noted, then it says which it has, and only then it serves.
 * @returns false when it refuses to start
 */
export async function startWithKeys(replica: Replica, world: World): Promise<boolean> {
  const { dice, scheduler } = world
  const { name, keys, deps } = replica
  const [ring, sealer] = [ringOf(keys), createSealer(ringOf(keys))]
  const note = () => noteSealingKey(deps.store, ring, sealer)
  const watch = createKeyWatch(deps.store, { name, id: dice.text(8), keys }, { log: deps.log, note })
  const hasLacked = world.oracle.encryptionKeys.lackedSince(keys)
  replica.withdraw = () => {
    replica.announcedAt = null
    return watch.withdraw().catch(world.expectUnavailable(keys))
  }
  const saying = (say: () => Promise<void>) => async () => {
    const began = scheduler.now()
    await say()
    replica.announcedAt = began
    return false
  }
  try {
    await checkKeys(deps.store, ring, sealer)
    await note()
    // Everything else is built meanwhile, on a machine that may be busy.
    await scheduler.sleep(replica, dice.within(5, seconds(3)))
    await saying(watch.begin)().catch(unlessUnusable)
  } catch (error) {
    checkRefusal(error, hasLacked, { by: name, world })
    return false
  }
  replica.work()
  looping(replica, world)(saying(watch.look), seconds(5))
  return true
}

/** A database that is away is asked again later. */
function unlessUnusable(error: unknown) {
  if (error instanceof StoreUnusable) throw error
}

/** A process does not start without a key that is in use; with all of them it does. */
function checkRefusal(
  error: unknown,
  hasLacked: () => boolean,
  { by, world: { oracle, trace } }: { by: string; world: World },
) {
  trace.count('starts that are refused')
  if (error instanceof StoreUnavailable) return
  if (!(error instanceof StoreUnusable) || !hasLacked())
    oracle.wrong(`${by} does not start: ${String(error)}`)
}
