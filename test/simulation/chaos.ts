import { minutes, seconds } from '../../src/shared/clock.ts'
import { LONGEST_STEP } from './conditions.ts'
import { startReplica, type Replica } from './replica.ts'
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
  const { dice, scheduler, trace } = world
  trace.tell(chaos, `kills ${replica.name}`)
  trace.count('kills')
  replica.kill()
  void (async () => {
    await scheduler.sleep(chaos, dice.within(seconds(0.1), seconds(40)))
    startOne(world, replica.ahead)
  })()
}

/** Starts a process on the machine of an earlier one, whose clock shows what it showed. */
export function startOne(world: World, ahead: number): void {
  const { replicas, trace } = world
  const replica = startReplica(`r${replicas.length + 1}`, ahead, world)
  replicas.push(replica)
  trace.tell(replica, 'starts')
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
  replica.ahead = dice.chance(0.2) ? 0 : dice.within(-most, most)
  trace.tell(
    chaos,
    `sets the clock of ${replica.name} to ${Math.round(replica.ahead / 1000)} s from the true time`,
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
  void replica.disconnect(account).catch(world.expectUnavailable)
}
