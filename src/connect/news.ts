import { LRUCache } from 'lru-cache'

/** Results that are remembered: as many as may be looked at in a minute. */
const MOST = 10_000

/** Says whether a page shows a result for the first time, or another than before; an open page asks every second. */
export type IsNews = (attemptId: string | null, told: string) => boolean

export function createNews(): IsNews {
  const told = new LRUCache<string, string>({ max: MOST })
  return (attemptId, now) => {
    if (attemptId === null || told.get(attemptId) === now) return attemptId === null
    told.set(attemptId, now)
    return true
  }
}
