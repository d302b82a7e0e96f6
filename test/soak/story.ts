import { appendFileSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { minutes, seconds } from '../../src/shared/clock.ts'

/** What is waited for comes by itself, though leases of two minutes may come before it; after this long it does not come any more. */
const PATIENCE = minutes(12)

/** Lines that a failure tells: the last of them, without those that say the same many times over. */
const LAST = 200
const DULL = /"http\.refused"|"\/v1\/keys\/lookup"/

export type Story = ReturnType<typeof createStory>

/** What happens in a soak, line by line between the lines of the service itself, and how often. `file`: where the service keeps its own. */
export function createStory(file: string) {
  const counts = new Map<string, number>()
  const note = (what: string) => {
    appendFileSync(file, `${JSON.stringify({ time: new Date(), soak: what })}\n`)
  }
  return {
    note,
    count(kind: string, by = 1) {
      counts.set(kind, (counts.get(kind) ?? 0) + by)
    },
    counted: () => [...counts].map(([kind, count]) => `${kind}: ${count}`).join(', '),
    last: () =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => !DULL.test(line))
        .slice(-LAST)
        .join('\n'),
    /**
     * Tries until it succeeds. A try is never cut off: the error is that of the last one, and not of one that came before a try
     * that hangs, as `vi.waitFor` would have it.
     */
    async persist<T>(what: string, work: () => Promise<T>, every = seconds(1)): Promise<T> {
      const end = performance.now() + PATIENCE
      for (let before = ''; ;) {
        try {
          return await work()
        } catch (error) {
          const said = inWords(error)
          if (said !== before) note(`${what}: ${said}`)
          before = said
          if (performance.now() > end) throw new Error(`${what}: to the end ${said}`, { cause: error })
        }
        await pause(every)
      }
    },
  }
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}
