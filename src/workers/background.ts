import type { Background } from '../connect/visit.ts'

interface RunningWork extends Background {
  running: ReadonlySet<Promise<unknown>>
  stop: () => void
}

/** Holds work that nobody waits for, so that a stop can. */
export function createBackground(): RunningWork {
  const running = new Set<Promise<unknown>>()
  const stopping = new AbortController()
  return {
    running,
    keep(work) {
      running.add(work)
      const forget = () => running.delete(work)
      work.then(forget, forget)
    },
    stopped: stopping.signal,
    stop: () => {
      stopping.abort()
    },
  }
}
