import type { Dice } from './dice.ts'

/** Somebody who does things: a replica, a person, Wazzup, the network. */
export interface Actor {
  name: string
  /** Nothing of a dead one runs any more. */
  alive: boolean
  /** Until then it stands still, as a process that the machine does not get to. */
  stalledUntil: number
}

export const actorNamed = (name: string): Actor => ({ name, alive: true, stalledUntil: 0 })

/** One thing that somebody is about to do. */
interface Point {
  at: number
  actor: Actor
  outlives: boolean
  act: () => Promise<void>
}

/** What is to be done, and when at the earliest. */
interface Plan<T> {
  /** Milliseconds from now. */
  in?: number
  /** It has left the actor: it may happen, or not, when the actor is killed. */
  outlives?: boolean
  work: () => T | Promise<T>
}

export interface Scheduler {
  /** Milliseconds since the run began. This is the true time; replicas have clocks of their own. */
  now: () => number
  /** Waits for its turn, then works. Never resolves once the actor is dead. */
  turn<T>(actor: Actor, plan: Plan<T>): Promise<T>
  sleep(actor: Actor, ms: number): Promise<void>
  kill(actor: Actor): void
  /** Lets things happen, one after the other, until `done`, or until so many milliseconds have passed. */
  run(done: () => boolean, longest: number): Promise<boolean>
}

/** What a killed replica has sent is on its way for so long, in milliseconds. */
const ON_THE_WAY = 3000

/** Between two things that happen pass up to so many milliseconds. */
const STEP = 5

/**
 * Decides who does the next thing. Whatever a replica waits for (the store, Wazzup, a pause) is a point here, and one
 * point is done at a time, to its end: so one seed is one order of events, whatever the machine is busy with.
 */
export function createScheduler(dice: Dice): Scheduler {
  let now = 0
  let points: Point[] = []
  const network = actorNamed('network')
  const startOf = ({ at, actor }: Point) => Math.max(at, actor.stalledUntil)

  async function step() {
    const earliest = points.reduce((least, point) => Math.min(least, startOf(point)), Infinity)
    now = Math.max(now + dice.within(0, STEP), earliest)
    const chosen = dice.one(points.filter((point) => startOf(point) <= now))
    points = points.filter((point) => point !== chosen)
    await chosen.act()
    // Whoever waited for it goes on from here to its next point.
    await new Promise(setImmediate)
  }

  const turn = <T>(actor: Actor, { in: ms = 0, outlives = false, work }: Plan<T>) =>
    new Promise<T>((resolve) => {
      const act = async () => {
        const worked = Promise.resolve().then(work)
        await worked.catch(() => undefined)
        if (actor.alive) resolve(worked)
      }
      if (actor.alive) points.push({ at: now + ms, actor, outlives, act })
    })

  return {
    turn,
    now: () => now,
    sleep: (actor, ms) => turn(actor, { in: ms, work: () => undefined }),
    kill(actor) {
      actor.alive = false
      const left = points.filter((point) => point.actor === actor && point.outlives && dice.chance(0.5))
      points = points.filter((point) => point.actor !== actor)
      for (const point of left)
        points.push({ ...point, actor: network, at: now + dice.within(0, ON_THE_WAY) })
    },
    async run(done, longest) {
      const end = now + longest
      while (!done()) {
        if (now >= end || points.length === 0) return false
        await step()
      }
      return true
    },
  }
}
