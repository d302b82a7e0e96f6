import { backoff, systemJitter, type Jitter } from '../shared/backoff.ts'
import type { LoginHealth } from './port.ts'
import { failureReason } from './probe.ts'

/** Something that a peer tells and that changes now and then. */
export interface Kept<T> {
  /**
   * What was told last; the peer is asked only when it has not told anything yet.
   * @throws what `load` throws
   */
  get(): Promise<T>
  health: () => LoginHealth
  close: () => Promise<void>
}

export interface KeepOptions<T> {
  load: () => Promise<T>
  /** Names the peer in sentences of `health`. */
  peer: string
  /** Milliseconds between two loads that went well. */
  every: number
  jitter?: Jitter
}

/**
 * Loads at once and again and again, in the background. A peer that is down does not take away what it told before;
 * it is tried again with growing pauses. Keeps no process alive.
 */
export function keepFresh<T>({ load, peer, every, jitter = systemJitter }: KeepOptions<T>): Kept<T> {
  let kept: { value: T } | null = null
  let failure: string | null = null
  let failures = 0
  let pending: Promise<T> | null = null
  let timer: NodeJS.Timeout | undefined
  let closed = false

  const refresh = () => (pending ??= reload().finally(() => (pending = null)))
  // A caller that needs the value gets the error from `get`; the operator sees it in `health`.
  const refreshQuietly = () => void refresh().catch(() => null)

  async function reload(): Promise<T> {
    clearTimeout(timer)
    try {
      const value = await load()
      kept = { value }
      failure = null
      failures = 0
      return value
    } catch (error) {
      failure = failureReason(error)
      failures += 1
      throw error
    } finally {
      if (!closed) timer = setTimeout(refreshQuietly, failures ? backoff(failures, jitter) : every).unref()
    }
  }

  refreshQuietly()
  return {
    get: async () => (kept ? kept.value : refresh()),
    health() {
      if (failure !== null) return { ok: false, detail: `${peer} gives no usable answer: ${failure}` }
      return kept
        ? { ok: true, detail: `${peer} answers` }
        : { ok: false, detail: `${peer} has not answered yet` }
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await pending?.catch(() => null)
    },
  }
}
