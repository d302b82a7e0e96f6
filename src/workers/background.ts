/** Holds work that nobody waits for, so that a stop can: see `Background` of the connect flow. */
export function createBackground() {
  const running = new Set<Promise<unknown>>()
  const stopping = new AbortController()
  return {
    running: running as ReadonlySet<Promise<unknown>>,
    keep(work: Promise<unknown>) {
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
