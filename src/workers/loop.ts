import type { Logger } from '../observability/logger.ts'

/**
 * A piece of background work. Resolves to true when there may be more to do at once; to milliseconds when nothing can be
 * done for so long, whatever there is.
 */
export type Work = () => Promise<boolean | number>

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
  log: Logger
}

/** Failures pause longer and longer; the loop itself never dies of one. */
export const LONGEST_PAUSE = 60_000

/** Makes a loop that runs `work` over and over, from `start` to `stop`. */
export function createLoop(
  work: Work,
  { name, idle, log, width = 1, longest = LONGEST_PAUSE }: LoopOptions,
): Loop {
  const stopped = new AbortController()
  let failures = 0

  async function once(): Promise<number> {
    try {
      const more = await work()
      failures = 0
      if (typeof more === 'number') return more
      return more ? 0 : idle
    } catch (err) {
      failures += 1
      log.error({ event: 'worker.failed', worker: name, failures, err })
      return Math.min(idle * 2 ** failures, longest)
    }
  }

  async function run() {
    while (!stopped.signal.aborted) {
      const pause = await once()
      await wait(pause, stopped.signal)
    }
  }

  let ended: Promise<unknown> = Promise.resolve()
  return {
    start: () => {
      ended = Promise.all(Array.from({ length: width }, run))
    },
    health: () => ({
      ok: failures === 0,
      detail: failures === 0 ? 'running' : `failed ${failures} times in a row`,
    }),
    stop: async () => {
      stopped.abort()
      await ended
    },
  }
}

/** Also for a pause of nothing a turn of the event loop, so that a busy worker leaves room for requests. */
function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve()
      return
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
