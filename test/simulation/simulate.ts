import { digest } from '../../src/crypto/digest.ts'
import { createSealer } from '../../src/crypto/sealer.ts'
import { hours, minutes, seconds } from '../../src/shared/clock.ts'
import { StoreUnavailable } from '../../src/store/errors.ts'
import { sealStore } from '../../src/store/sealed.ts'
import { SCHEMA_CHANGES } from '../support/later-release.ts'
import { checkADayLater, checkAtRest } from './at-rest.ts'
import { makeTrouble } from './chaos.ts'
import { conditionsOf, NO_CHANGES, type Changes, type Conditions } from './conditions.ts'
import type { Database } from './database.ts'
import { createDice } from './dice.ts'
import { askForKeys } from './handlers.ts'
import { KEY_IDS, ringOf } from './keys-in-use.ts'
import { startOne } from './machines.ts'
import { createOracle } from './oracle.ts'
import { walkThrough } from './person.ts'
import { rotateKeys } from './rotation.ts'
import { actorNamed, createScheduler, type Actor } from './scheduler.ts'
import { createTrace } from './trace.ts'
import { createWazzup } from './wazzup.ts'
import { timeAt, type Machine, type World } from './world.ts'

/** What one run has come to. */
export interface Report {
  seed: number
  changes: Changes
  /** Null when all was as it must be. */
  problem: string | null
  /** Events by their kinds. */
  counts: ReadonlyMap<string, number>
  /** What happened last, the oldest first. */
  trace: string[]
}

interface Options {
  changes?: Changes
  /** How many lines of its story are told. */
  told?: number | undefined
}

/** People come within this time. */
const COMING = minutes(2)

/** Trouble ends after so long at the latest. */
const TROUBLE = minutes(12)

/** What has not come to rest after so long is stuck: longer than any lease or pause, and than any step of a clock. */
const STUCK = hours(4)

/** How often it is looked whether all has come to rest. */
const LOOK = seconds(90)

/**
 * One run: in each round people connect at several replicas while things go wrong; then all comes to rest, and is looked
 * at.
 */
export async function simulate(seed: number, database: Database, options: Options = {}): Promise<Report> {
  const { changes = NO_CHANGES, told = 120 } = options
  const world = createWorld(seed, database, changes)
  const { oracle, trace, conditions } = world
  for (const machine of world.machines) startOne(machine, world)
  for (let round = 0; round < conditions.rounds && oracle.problem() === null; round++) {
    await goThrough(world, round)
    if (oracle.problem() === null) await checkAtRest(world)
  }
  if (oracle.problem() === null) await checkADayLater(world, database)
  await database.close()
  return { seed, changes, problem: oracle.problem(), counts: trace.counts, trace: trace.lines(told) }
}

async function goThrough(world: World, round: number) {
  const { dice, scheduler, oracle, conditions, wazzup } = world
  const time = actorNamed('time')
  let [over, left] = [false, conditions.people]
  for (let i = 1; i <= conditions.people; i++) {
    void scheduler
      .sleep(time, dice.within(0, COMING))
      .then(() => walkThrough(`person ${round * conditions.people + i}`, world))
      .catch((error: unknown) => {
        oracle.wrong(`a person meets ${String(error)}`)
      })
      .finally(() => {
        left -= 1
      })
  }
  wazzup.setCalm(false)
  const isOver = () => over
  void makeTrouble(world, isOver)
  if (conditions.rotations) changeKeys(world, isOver)
  await scheduler.run(() => left === 0 || oracle.problem() !== null, TROUBLE)
  over = true
  wazzup.setCalm(true)
  await comeToRest(world, () => left > 0)
}

function changeKeys(world: World, over: () => boolean) {
  rotateKeys(world, over).catch((error: unknown) => {
    world.oracle.wrong(`an operator meets ${String(error)}`)
  })
  void askForKeys(world, () => over() && !world.operatorIsBusy)
}

function createWorld(seed: number, { engine, setTime, migrate }: Database, changes: Changes): World {
  const dice = createDice(seed)
  const conditions = conditionsOf(dice, changes)
  const store = sealStore(engine, createSealer(ringOf(KEY_IDS)))
  const scheduler = createScheduler(dice)
  const trace = createTrace(() => scheduler.now())
  const oracle = createOracle(store, trace, () => scheduler.now())
  const environment = { dice, scheduler, trace, oracle, conditions }
  const atStake = (replica: Actor) => {
    world.atStake(replica)
  }
  const wazzup = createWazzup({ ...environment, atStake })
  trace.tell(actorNamed('seed'), `${seed} ${trace.show(conditions)}`)
  const world: World = {
    ...{ ...environment, wazzup, engine, store, migrate, migrationsLeft: [...SCHEMA_CHANGES] },
    ...{ machines: machinesOf(conditions), replicas: [], links: [], operatorIsBusy: false },
    setStoreTime: () => setTime(timeAt(scheduler.now())),
    wallClock: (ahead) => timeAt(scheduler.now() + ahead),
    troubleOfStore: () => null,
    atStake: () => undefined,
    expectUnavailable: (keys) => (error) => {
      if (error instanceof StoreUnavailable || oracle.encryptionKeys.mayBeThrown(error, keys)) return
      oracle.wrong(`a replica meets ${String(error)}`)
    },
  }
  return world
}

const machinesOf = ({ replicas }: Conditions): Machine[] =>
  Array.from({ length: replicas }, () => ({ ahead: 0, keys: KEY_IDS.slice(0, 1), process: null }))

/** Nothing goes wrong any more, and time passes. */
async function comeToRest(world: World, peopleAreLeft: () => boolean) {
  const { scheduler, oracle, replicas, trace, store } = world
  world.troubleOfStore = () => null
  trace.tell(actorNamed('time'), 'nothing goes wrong any more')
  for (const replica of replicas) replica.stalledUntil = 0
  const isRecording = () => replicas.some(({ alive, recording }) => alive && recording.size > 0)
  const end = scheduler.now() + STUCK
  while (scheduler.now() < end && oracle.problem() === null) {
    await scheduler.run(() => oracle.problem() !== null, LOOK)
    const open = await Promise.all(oracle.keys.map(({ state }) => store.exchanges.find(digest(state))))
    const isBusy = peopleAreLeft() || isRecording() || world.operatorIsBusy
    if (!isBusy && open.every((exchange) => exchange?.status !== 'pending')) return
  }
  if (peopleAreLeft()) oracle.wrong('somebody waits for ever')
  if (world.operatorIsBusy) oracle.wrong('a rotation never ends')
  if (isRecording()) oracle.wrong('an apiKey waits for ever to be recorded')
}
