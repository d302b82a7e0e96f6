import type { Logger } from '../observability/logger.ts'
import { sleep as systemSleep, type Sleep } from '../shared/sleep.ts'

/**
 * A piece of background work. Resolves to true when there may be more to do at once; to milliseconds when nothing can be
 * done for so long, whatever there is. One that could do more at once asks before whether it `mayGoOn`: not when the loop stops.
 */
export type Work = (mayGoOn: () => boolean) => Promise<boolean | number>

export interface Loop {
  start(): void
  health(): { ok: boolean; detail: string }
  /** Lets the current piece end, and starts no other. */
  stop(): Promise<void>
}

export interface LoopOptions {
  name: string
  /** Pause when there was nothing to do, in milliseconds. */
  idle: number
  /** The longest pause after failures, in milliseconds; by default a minute. */
  longest?: number
  /** How many pieces may run at a time, by default one. */
  width?: number
  /** A piece that takes longer, in milliseconds, is not counted: one more runs meanwhile. By default all are. */
  patience?: number
  log: Logger
  /** By default the system's. */
  sleep?: Sleep
}

/** Failures pause longer and longer; the loop itself never dies of one. */
export const LONGEST_PAUSE = 60_000

/** Pieces that others stand in for may be so many times the width; more would be a flood. */
const MOST_STAND_INS = 3

/** Makes a loop that runs `work` over and over, from `start` to `stop`. */
export function createLoop(work: Work, options: LoopOptions): Loop {
  const { name, idle, log, width = 1, longest = LONGEST_PAUSE, sleep = systemSleep, patience } = options
  const stopped = new AbortController()
  const standIns = createStandIns(run, { patience, sleep, most: MOST_STAND_INS * width })
  let failures = 0

  async function once(runner: { failures: number }, mayGoOn: () => boolean): Promise<number> {
    try {
      const more = await work(mayGoOn)
      failures = runner.failures = 0
      if (typeof more === 'number') return more
      return more ? 0 : idle
    } catch (err) {
      // Those that run side by side meet the same outage: together they count once, and no short one keeps any of them away for long.
      if (runner.failures >= failures) failures += 1
      runner.failures = failures
      log.error({ event: 'worker.failed', worker: name, failures, err })
      return Math.min(idle * 2 ** failures, longest)
    }
  }

  async function run(end?: AbortSignal) {
    const runner = { failures: 0 }
    const mayGoOn = () => !stopped.signal.aborted && end?.aborted !== true
    while (mayGoOn()) {
      const pause = await standIns.during(once(runner, mayGoOn))
      // Also for a pause of nothing a turn of the event loop, so that a busy worker leaves room for requests.
      await sleep(pause, stopped.signal)
    }
  }

  let ended: Promise<unknown> = Promise.resolve()
  return {
    start: () => {
      ended = Promise.all(Array.from({ length: width }, () => run()))
    },
    health: () => ({
      ok: failures === 0,
      detail: failures === 0 ? 'running' : `failed ${failures} times in a row`,
    }),
    stop: async () => {
      stopped.abort()
      await ended
      await standIns.ended()
    },
  }
}

interface StandInTerms {
  patience: number | undefined
  sleep: Sleep
  most: number
}

/** While a piece takes longer than others should wait for it, one more works in its place. */
function createStandIns(run: (end: AbortSignal) => Promise<void>, { patience, sleep, most }: StandInTerms) {
  const running = new Set<Promise<void>>()
  return {
    async during(piece: Promise<number>): Promise<number> {
      if (patience === undefined) return piece
      const over = new AbortController()
      void sleep(patience, over.signal).then(() => {
        if (over.signal.aborted || running.size >= most) return
        const standIn = run(over.signal).finally(() => running.delete(standIn))
        running.add(standIn)
      })
      return piece.finally(() => {
        over.abort()
      })
    },
    ended: () => Promise.all(running),
  }
}
