/** Time that passes only when everybody waits for it: hours of it take as long as what is done in them. */
export interface DrivenTime {
  now: () => number
  sleep: (ms: number) => Promise<void>
  /** What takes real time, such as a call by a socket: meanwhile none of this time passes. */
  outside: <T>(work: Promise<T>) => Promise<T>
  /** Lets time pass until the work is done. */
  run: <T>(work: Promise<T>) => Promise<T>
}

export function drivenTime(): DrivenTime {
  let now = 0
  const waiting: { at: number; wake: () => void }[] = []
  const works = new Set<Promise<unknown>>()

  /** Wakes those whose moment is the next one, in the order in which they came. */
  function pass() {
    now = waiting.reduce((least, { at }) => Math.min(least, at), Infinity)
    if (now === Infinity) throw new Error('nobody waits for time, and nothing happens')
    for (const { at, wake } of waiting.splice(0)) {
      if (at === now) wake()
      else waiting.push({ at, wake })
    }
  }
  return {
    now: () => now,
    sleep: (ms) =>
      new Promise((wake) => {
        waiting.push({ at: now + Math.max(ms, 0), wake })
      }),
    async outside(work) {
      works.add(work)
      try {
        return await work
      } finally {
        works.delete(work)
      }
    },
    async run(work) {
      const state = { isDone: false }
      const end = () => {
        state.isDone = true
      }
      work.then(end, end)
      for (;;) {
        // Whatever can be done now is done first.
        await new Promise(setImmediate)
        if (state.isDone) return work
        if (works.size > 0) await Promise.race(works).catch(() => undefined)
        else pass()
      }
    },
  }
}
