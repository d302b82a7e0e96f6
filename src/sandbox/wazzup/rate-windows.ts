interface Window {
  endsAt: number
  taken: number
}

export interface RateWindows {
  /** Null when the request fits into the key's window; otherwise the milliseconds until the next one. */
  take(apiKey: string, terms: { limit: number; window: number }): number | null
}

/** Fixed windows, one per key: the first request opens one, and when it ends the count starts again. */
export function createRateWindows(now: () => Date): RateWindows {
  const windows = new Map<string, Window>()
  return {
    take(apiKey, { limit, window }) {
      const time = now().getTime()
      const known = windows.get(apiKey)
      const current = known && known.endsAt > time ? known : { endsAt: time + window, taken: 0 }
      windows.set(apiKey, current)
      if (current.taken >= limit) return current.endsAt - time
      current.taken += 1
      return null
    },
  }
}
