import { seconds } from '../../src/shared/clock.ts'
import { createReplica } from './replica.ts'
import { actorNamed } from './scheduler.ts'
import { startWithKeys } from './start-with-keys.ts'
import type { Machine, World } from './world.ts'

const supervisor = actorNamed('supervisor')

/** How long what runs may take when the service stops: as `src/compose/stop.ts`. */
const GIVE_UP_AFTER = seconds(9)

/** Starts a process, with the clock and the settings that its machine has now. */
export function startOne(machine: Machine, world: World): void {
  const { replicas, trace, conditions } = world
  const replica = createReplica(`r${replicas.length + 1}`, machine, world)
  machine.process = replica
  replicas.push(replica)
  trace.tell(replica, conditions.rotations ? `starts with ${machine.keys.join()}` : 'starts')
  if (!conditions.rotations) {
    replica.work()
    return
  }
  void startWithKeys(replica, world).then((isStarted) => {
    if (isStarted || !replica.alive) return
    replica.kill()
    startLater(machine, world.dice.within(seconds(1), seconds(20)), world)
  })
}

/** What is down is started again, after so many milliseconds. */
export function startLater(machine: Machine, ms: number, world: World): void {
  void world.scheduler.sleep(supervisor, ms).then(() => {
    if (machine.process?.alive !== true) startOne(machine, world)
  })
}

/** As after SIGTERM: what runs may end, for some seconds; only then nobody has to reckon with its encryption keys any more. */
export async function restart(machine: Machine, world: World): Promise<void> {
  const { scheduler } = world
  const replica = machine.process
  if (replica?.alive !== true) return
  world.trace.tell(replica, 'is told to stop')
  replica.serves = false
  const end = scheduler.now() + GIVE_UP_AFTER
  const lives = () => replica.alive
  const isBusy = () => replica.underWay.size > 0 || replica.recording.size > 0
  while (lives() && isBusy() && scheduler.now() < end) await scheduler.sleep(supervisor, 200)
  if (lives() && !isBusy()) await Promise.race([replica.withdraw(), replica.killed])
  replica.kill()
  if (!machine.process?.alive) startOne(machine, world)
}
