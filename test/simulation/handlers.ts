import { seconds } from '../../src/shared/clock.ts'
import { during } from './replica.ts'
import { actorNamed } from './scheduler.ts'
import type { World } from './world.ts'

const handler = actorNamed('handler')

/** Who receives webhooks asks any replica whose they are; the oracle hears what each is told. It ends with `over`. */
export async function askForKeys(world: World, over: () => boolean): Promise<void> {
  const { dice, scheduler, oracle, replicas, expectUnavailable } = world
  while (!over()) {
    await scheduler.sleep(handler, dice.within(100, seconds(4)))
    const serving = replicas.filter(({ alive, serves }) => alive && serves)
    if (serving.length === 0 || oracle.keys.length === 0) continue
    const [replica, { crmKey }] = [dice.one(serving), dice.one(oracle.keys)]
    void during(replica, () => replica.lookUp(crmKey)).catch(expectUnavailable(replica.keys))
  }
}
