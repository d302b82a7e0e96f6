import { setImmediate, setTimeout as pause } from 'node:timers/promises'

/**
 * Resolves after `ms` milliseconds, or when `signal` is aborted; without any, after a turn of the event loop. An argument, so that
 * a test need not wait.
 */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>

export const sleep: Sleep = (ms, signal) =>
  ms === 0 ? setImmediate() : signal ? untilAborted(ms, signal) : pause(ms)

/** Node's own rejects when it is aborted: an error with a stack, for an end that is most often the usual one. */
function untilAborted(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}

/** Why a wait was ended that nobody needs any more; without one Node makes an error of it. */
const DONE = 'done'

/** What the work comes to, or null when that takes longer than `ms` milliseconds. The work goes on. */
export async function inTime<T>(work: Promise<T>, ms: number, wait: Sleep): Promise<T | null> {
  // A timer that nobody waits for would keep a process that is done from ending.
  const over = new AbortController()
  try {
    return await Promise.race([work, wait(ms, over.signal).then(() => null)])
  } finally {
    over.abort(DONE)
  }
}
