import { minutes, seconds } from '../../src/shared/clock.ts'
import type { Dice } from './dice.ts'
import { KEY_IDS, type KeyIds } from './keys-in-use.ts'
import { restart } from './machines.ts'
import { rotateOnce } from './rotate-command.ts'
import { actorNamed } from './scheduler.ts'
import type { World } from './world.ts'

const operator = actorNamed('operator')

/** How an operator goes about it. */
interface Habits {
  /** The new key first goes behind the older one, everywhere: without that a replica meets what it cannot open. */
  order: 'two rounds' | 'one round'
  /** Runs `wauth keys rotate` before it is time, too. */
  hasty: boolean
  /** Regrets the first step of the one round for a while. */
  takesBack: boolean
  /** Milliseconds between two replicas. */
  longestPause: number
}

const habitsOf = (dice: Dice): Habits => ({
  order: dice.one(['two rounds', 'one round']),
  hasty: dice.chance(0.6),
  takesBack: dice.chance(0.3),
  longestPause: dice.one([seconds(20), minutes(2), minutes(5)]),
})

/**
 * Rotates the encryption key once, as the help of `wauth keys rotate` says or not quite. It ends when no replica has the older key
 * any more.
 */
export async function rotateKeys(world: World, over: () => boolean): Promise<void> {
  const { dice, machines, trace, scheduler } = world
  const [older = ''] = machines[0]?.keys ?? []
  const newer = KEY_IDS[KEY_IDS.indexOf(older) + 1] ?? ''
  const habits = habitsOf(dice)
  world.operatorIsBusy = true
  await scheduler.sleep(operator, dice.within(0, minutes(1)))
  trace.tell(operator, () => `puts ${newer} in the place of ${older}: ${trace.show(habits)}`)
  trace.count(`rotations in ${habits.order}`)
  const rotate = () => rotateOnce([newer, older], world, over)
  let isTime = false
  const isEarly = async () => {
    await scheduler.sleep(operator, dice.within(0, minutes(1)))
    return !isTime
  }
  if (habits.hasty)
    void (async () => {
      while (await isEarly()) await rotate()
    })()
  if (habits.order === 'two rounds') await roll([older, newer], habits, world)
  else if (habits.takesBack) await regret([newer, older], world)
  await roll([newer, older], habits, world)
  isTime = true
  while (!(await rotate())) await scheduler.sleep(operator, dice.within(seconds(1), minutes(1)))
  await roll([newer], habits, world)
  world.operatorIsBusy = false
}

/** Gives every replica these keys, one after the other. */
async function roll(keys: KeyIds, { longestPause }: Habits, world: World) {
  const { dice, machines, scheduler } = world
  const left = [...machines]
  while (left.length > 0) {
    const machine = dice.one(left)
    left.splice(left.indexOf(machine), 1)
    machine.keys = keys
    const restarted = restart(machine, world)
    if (dice.chance(0.7)) await restarted
    await scheduler.sleep(operator, dice.within(0, longestPause))
  }
  const isDone = () => machines.every(({ process }) => process?.serves === true && process.keys === keys)
  while (!isDone()) await scheduler.sleep(operator, seconds(1))
}

/** One replica seals with a key that the others lack; then it is to do without that key itself, and does not start. */
async function regret(keys: KeyIds, world: World) {
  const { dice, machines, scheduler } = world
  const machine = dice.one(machines)
  const before = machine.keys
  for (const wanted of [keys, before]) {
    machine.keys = wanted
    await restart(machine, world)
    await scheduler.sleep(operator, dice.within(0, dice.one([minutes(1), minutes(20)])))
  }
}
