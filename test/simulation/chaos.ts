import { minutes, seconds } from '../../src/shared/clock.ts'
import { LONGEST_STEP } from './conditions.ts'
import { startLater } from './machines.ts'
import { during, type Replica } from './replica.ts'
import { actorNamed } from './scheduler.ts'
import type { Trouble, World } from './world.ts'

const chaos = actorNamed('chaos')

/** Everything that goes wrong besides the answers of Wazzup, and an operator who disconnects. It ends with `over`. */
export async function makeTrouble(world: World, over: () => boolean): Promise<void> {
  const { dice, scheduler, conditions } = world
  const kinds = [
    ...(conditions.kills ? [killOne] : []),
    ...(conditions.stalls ? [stallOne, stallOne, stallOne] : []),
    ...(conditions.clockSteps ? [stepClock, stepClock, stepClock] : []),
    ...(conditions.storeOutages ? [losesDatabase, losesDatabase, losesDatabase] : []),
    // Seldom: of an account that was disconnected nothing is asked any more.
    ...(conditions.disconnects ? [disconnectOne] : []),
    ...(conditions.migrations ? [migrateOnce, migrateOnce] : []),
  ]
  const strike = (among: readonly Replica[]) => {
    const living = among.filter(({ alive }) => alive)
    if (kinds.length > 0 && living.length > 0 && !over()) dice.one(kinds)(dice.one(living), world)
  }
  // Trouble likes the moments in which most is at stake: above all a sender that stands still, while others take over.
  world.atStake = (sender) => {
    const replica = world.replicas.find((one) => one === sender)
    if (replica && conditions.stalls && !over() && dice.chance(0.3)) stallOne(replica, world)
    else if (dice.chance(0.3)) strike(world.replicas)
  }
  while (!over()) {
    await scheduler.sleep(chaos, dice.within(200, conditions.longestPause))
    strike(world.replicas)
  }
}

function killOne(replica: Replica, world: World) {
  const { dice, trace, conditions } = world
  trace.tell(chaos, `kills ${replica.name}`)
  trace.count('kills')
  replica.kill()
  // Sometimes for longer than it is reckoned with for what it has said of its encryption keys.
  const longest = conditions.rotations ? seconds(200) : seconds(40)
  startLater(replica.machine, dice.within(seconds(0.1), longest), world)
}

/** The machine does not get to it for a while: whatever it waits for comes later. */
function stallOne(replica: Replica, { dice, scheduler, trace }: World) {
  const ms = dice.within(seconds(1), dice.one([seconds(20), seconds(90), minutes(3)]))
  replica.stalledUntil = scheduler.now() + ms
  trace.tell(chaos, `stalls ${replica.name} for ${Math.round(ms / 1000)} s`)
  trace.count('stalls')
}

function stepClock(replica: Replica, { dice, trace }: World) {
  const most = dice.one([seconds(60), minutes(2), minutes(12), LONGEST_STEP])
  const { machine } = replica
  machine.ahead = dice.chance(0.2) ? 0 : dice.within(-most, most)
  trace.tell(
    chaos,
    `sets the clock of ${replica.name} to ${Math.round(machine.ahead / 1000)} s from the true time`,
  )
  trace.count('clock steps')
}

/** For all replicas, as after a fail-over or on a full disk. */
function losesDatabase(_: Replica, world: World) {
  const { dice, scheduler, trace } = world
  const until =
    scheduler.now() + dice.one([dice.within(100, seconds(3)), dice.within(seconds(3), seconds(60))])
  const part = dice.one([0.3, 1])
  const kinds = dice.one<Trouble[]>([['before'], ['after'], ['before', 'after']])
  trace.tell(
    chaos,
    `takes the database away (${kinds.join(', ')}) for ${Math.round((until - scheduler.now()) / 1000)} s`,
  )
  trace.count('outages of the database')
  world.troubleOfStore = () => (scheduler.now() < until && dice.chance(part) ? dice.one(kinds) : null)
}

function disconnectOne(replica: Replica, world: World) {
  const account = world.dice.one(world.conditions.crmAccounts)
  world.trace.tell(chaos, `an operator disconnects ${account} at ${replica.name}`)
  world.trace.count('disconnects')
  void during(replica, () => replica.disconnect(account)).catch(world.expectUnavailable(replica.keys))
}

/** By who updates the service: the replicas of this release go on meanwhile. */
function migrateOnce(_: Replica, { dice, scheduler, trace, oracle, migrate, migrationsLeft }: World) {
  if (migrationsLeft.length === 0) return
  const change = dice.one(migrationsLeft)
  migrationsLeft.splice(migrationsLeft.indexOf(change), 1)
  const work = async () => {
    await migrate(change)
    trace.tell(chaos, `migrates: ${change.what}`)
    trace.count('migrations')
  }
  void scheduler.turn(chaos, { work }).catch((error: unknown) => {
    oracle.wrong(`a migration fails: ${String(error)}`)
  })
}
