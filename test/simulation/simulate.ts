import { digest } from '../../src/crypto/digest.ts'
import { hours, minutes, seconds } from '../../src/shared/clock.ts'
import { checkADayLater, checkAtRest } from './at-rest.ts'
import { makeTrouble, startOne } from './chaos.ts'
import { conditionsOf } from './conditions.ts'
import type { Database } from './database.ts'
import { createDice } from './dice.ts'
import { createOracle } from './oracle.ts'
import { walkThrough } from './person.ts'
import { isUnavailable } from './replica.ts'
import { actorNamed, createScheduler, type Actor } from './scheduler.ts'
import { createTrace } from './trace.ts'
import { createWazzup } from './wazzup.ts'
import { timeAt, type World } from './world.ts'

/** What one run has come to. */
export interface Report {
  seed: number
  /** Null when all was as it must be. */
  problem: string | null
  /** Events by their kinds. */
  counts: ReadonlyMap<string, number>
  /** What happened last, the oldest first. */
  trace: string[]
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
export async function simulate(seed: number, database: Database, told = 120): Promise<Report> {
  const world = createWorld(seed, database)
  const { scheduler, oracle, trace, conditions, store } = world
  for (let i = 0; i < conditions.replicas; i++) startOne(world, 0)
  for (let round = 0; round < conditions.rounds && oracle.problem() === null; round++) {
    await goThrough(world, round)
    if (oracle.problem() === null) await checkAtRest(oracle, store, timeAt(scheduler.now()))
  }
  if (oracle.problem() === null) await checkADayLater(oracle, database, timeAt(scheduler.now()))
  await database.close()
  return { seed, problem: oracle.problem(), counts: trace.counts, trace: trace.lines(told) }
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
  void makeTrouble(world, () => over)
  await scheduler.run(() => left === 0 || oracle.problem() !== null, TROUBLE)
  over = true
  wazzup.setCalm(true)
  await comeToRest(world, () => left > 0)
}

function createWorld(seed: number, { store, setTime }: Database): World {
  const dice = createDice(seed)
  const conditions = conditionsOf(dice)
  const scheduler = createScheduler(dice)
  const trace = createTrace(() => scheduler.now())
  const oracle = createOracle(store, () => timeAt(scheduler.now()), trace)
  const environment = { dice, scheduler, trace, oracle, conditions }
  const atStake = (replica: Actor) => {
    world.atStake(replica)
  }
  const wazzup = createWazzup({ ...environment, atStake })
  trace.tell(actorNamed('seed'), `${seed} ${trace.show(conditions)}`)
  const world: World = {
    ...{ ...environment, wazzup, store, replicas: [], links: [] },
    setStoreTime: () => setTime(timeAt(scheduler.now())),
    wallClock: (ahead) => timeAt(scheduler.now() + ahead),
    troubleOfStore: () => null,
    atStake: () => undefined,
    expectUnavailable(error) {
      if (!isUnavailable(error)) oracle.wrong(`a replica meets ${String(error)}`)
    },
  }
  return world
}

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
    if (!peopleAreLeft() && !isRecording() && open.every((exchange) => exchange?.status !== 'pending')) return
  }
  if (peopleAreLeft()) oracle.wrong('somebody waits for ever')
  if (isRecording()) oracle.wrong('an apiKey waits for ever to be recorded')
}
