import { minutes, seconds, systemMonotonic, type Monotonic } from './clock.ts'

/** A secret is in memory for so long at most: it does not outlive its row for longer. */
export const SECRET_LIFE = minutes(1)

/** How often what is too old is thrown away. What nobody asks for would stay, otherwise. */
const SWEEP = seconds(10)

/** Values that one memory holds; with their keys some 15 to 30 MB. */
const MOST = 50_000

/** Values that may be made again at any time. */
export interface ShortMemory<V> {
  get: (key: string) => V | undefined
  set: (key: string, value: V) => void
  delete: (key: string) => void
  clear: () => void
  entries: () => Iterable<[string, V]>
}

/**
 * Remembers values, and the keys that they are found by, for less than `SECRET_LIFE`; of many the ones that came last.
 * `monotonic`: milliseconds.
 */
export function shortMemory<V>(monotonic: Monotonic = systemMonotonic, most = MOST): ShortMemory<V> {
  // In the order in which they came, which is the order in which they go. Nothing is moved when it is found: every webhook asks.
  const held = new Map<string, { at: number; value: V }>()
  const isOld = ({ at }: { at: number }) => monotonic() - at >= SECRET_LIFE - SWEEP
  let sweeping: NodeJS.Timeout | null = null

  const sweepLater = () => (sweeping ??= setTimeout(sweep, SWEEP).unref())
  function sweep() {
    sweeping = null
    for (const [key, one] of held) {
      if (!isOld(one)) break
      held.delete(key)
    }
    if (held.size > 0) sweepLater()
  }

  return {
    get(key) {
      const one = held.get(key)
      return one && !isOld(one) ? one.value : undefined
    },
    set(key, value) {
      held.delete(key)
      const [oldest] = held.size >= most ? held.keys() : []
      if (oldest !== undefined) held.delete(oldest)
      held.set(key, { at: monotonic(), value })
      sweepLater()
    },
    delete: (key) => void held.delete(key),
    clear() {
      held.clear()
    },
    *entries() {
      for (const [key, { value }] of held) yield [key, value]
    },
  }
}
