import { createSealer } from '../../src/crypto/sealer.ts'
import { seconds } from '../../src/shared/clock.ts'
import { checkKeys } from '../../src/store/check-keys.ts'
import { StoreUnavailable, StoreUnusable } from '../../src/store/errors.ts'
import type { Store } from '../../src/store/port.ts'
import { resealer, type Resealer } from '../../src/store/reseal.ts'
import { ANNOUNCED_FOR } from '../../src/store/sealing-records.ts'
import { ringOf, type KeyIds } from './keys-in-use.ts'
import type { Replica } from './replica.ts'
import { scheduledStore, type KeyHolder } from './scheduled-store.ts'
import { actorNamed } from './scheduler.ts'
import type { World } from './world.ts'

/**
 * `wauth keys rotate`, with these keys; it may be killed.
 * @returns whether nobody and nothing needs an older key any more
 */
export async function rotateOnce(keys: KeyIds, world: World, over: () => boolean): Promise<boolean> {
  const { dice, scheduler, trace } = world
  const command: KeyHolder = { ...actorNamed('rotate'), keys }
  trace.tell(command, `begins with ${keys.join()}`)
  const ran = rotate(command, world)
  if (over() || dice.chance(0.7)) return ran
  const killed = scheduler.sleep(actorNamed('chaos'), dice.within(0, seconds(20))).then(() => {
    if (!command.alive) return false
    trace.tell(command, 'is killed')
    scheduler.kill(command)
    return false
  })
  return Promise.race([ran, killed])
}

async function rotate(command: KeyHolder, world: World): Promise<boolean> {
  const { engine, trace } = world
  const [newer = '', older = ''] = command.keys
  const [ring, sealer] = [ringOf(command.keys), createSealer(ringOf(command.keys))]
  const store = scheduledStore(command, watched(engine, newer, world), world)
  const progress = { resealed: 0 }
  try {
    await checkKeys(store, ring, sealer)
    const rotation = resealer(store, ring, sealer)
    for await (const values of rotation.reseal()) progress.resealed += values
    const forgotten = await rotation.forgetUnused()
    trace.tell(command, `has re-sealed ${progress.resealed} values and forgotten ${forgotten.join()}`)
    return await nothingNeeds(older, rotation, store)
  } catch (error) {
    checkRefusal(error, { command, ...progress }, world)
    return false
  } finally {
    command.alive = false
  }
}

async function nothingNeeds(older: string, rotation: Resealer, { sealingKeys }: Store): Promise<boolean> {
  const { lacking, sealingOtherwise } = await rotation.others()
  const isNoted = (await sealingKeys.all()).some(({ id }) => id === older)
  return lacking.length === 0 && sealingOtherwise.length === 0 && !isNoted && (await rotation.count()) === 0
}

/** It changes nothing, or the database was away; the operator runs it again. */
function checkRefusal(
  error: unknown,
  { command, resealed }: { command: KeyHolder; resealed: number },
  { oracle, trace }: World,
) {
  trace.tell(command, () => `ends: ${String(error)}`)
  if (error instanceof StoreUnavailable) return
  const isRefused = error instanceof StoreUnusable && error.code === 'encryption_key_not_everywhere'
  if (!isRefused || resealed > 0) oracle.wrong(`rotate ends after ${resealed} values: ${String(error)}`)
  trace.count('rotations that are refused')
}

/** The values as they lie in the database, and the moments in which it was decided to change them. */
function watched(engine: Store, newer: string, { scheduler, replicas, oracle, trace }: World): Store {
  let decidedAt = 0
  let unaware: Replica[] = []
  const lacks = ({ alive, keys }: Replica) => alive && !keys.includes(newer)
  const hasSaidSo = ({ announcedAt }: Replica) =>
    announcedAt !== null && scheduler.now() - announcedAt < ANNOUNCED_FOR
  const hasComeSince = ({ servesSince, announcedAt }: Replica) =>
    announcedAt !== null && servesSince !== null && servesSince > decidedAt
  return {
    ...engine,
    sealingKeys: {
      ...engine.sealingKeys,
      announced() {
        decidedAt = scheduler.now()
        unaware = replicas.filter((replica) => lacks(replica) && hasSaidSo(replica))
        return engine.sealingKeys.announced()
      },
    },
    sealedValues: {
      ...engine.sealedValues,
      replace(...args) {
        trace.count('values that are re-sealed')
        const wrong = unaware.concat(replicas.filter((replica) => lacks(replica) && hasComeSince(replica)))
        for (const { name } of wrong) oracle.wrong(`rotate changes a value while ${name} lacks ${newer}`)
        return engine.sealedValues.replace(...args)
      },
    },
  }
}
