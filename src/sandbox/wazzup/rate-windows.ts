interface Window {
  endsAt: number
  taken: number
}

export interface RateWindows {
  /** Null when the request of this party fits into its window; otherwise the milliseconds until the next one. */
  take(party: string, terms: { limit: number; window: number }): number | null
}

/** Fixed windows, one per party: the first request opens one, and when it ends the count starts again. */
export function createRateWindows(now: () => Date): RateWindows {
  const windows = new Map<string, Window>()
  return {
    take(party, { limit, window }) {
      const time = now().getTime()
      const known = windows.get(party)
      const current = known && known.endsAt > time ? known : { endsAt: time + window, taken: 0 }
      windows.set(party, current)
      if (current.taken >= limit) return current.endsAt - time
      current.taken += 1
      return null
    },
  }
}
