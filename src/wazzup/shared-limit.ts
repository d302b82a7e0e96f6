import { minutes, type Monotonic } from '../shared/clock.ts'

/** Of what Wazzup has just taken from all keys in one window, so much is sent in the next. */
const SHARE = 0.8

/** How much more in each window after that; at so many times the first number the limit is forgotten. */
const GROWTH = 0.1
const FORGOTTEN = 2

/** A key that was not taken since its last refusal says nothing new by the next one, for so long. */
const REMEMBERED = minutes(1)

/** A call that Wazzup has answered. */
interface Answered {
  apiKey: string
  sentAt: number
  /** By a 429. */
  isRefused: boolean
  /** Whether the key had sent far less than Wazzup takes of one key. */
  isFarBelow: boolean
}

/** What all keys may send together. */
export interface SharedLimit {
  /** Milliseconds until one more call may be sent; 0 takes the place. */
  take(own: number): number
  answered(call: Answered): void
}

/**
 * Whether Wazzup counts requests by key or by address is written nowhere (fact sheet, row 42). Where it counts by key, a 429 is
 * about that key, and others are taken meanwhile. Where it counts by address it takes nobody until its window ends: then a key that
 * sent little is refused after another one was, with nothing taken in between. Only that slows all of them down, to what
 * Wazzup has just taken.
 */
export function createSharedLimit(window: number, monotonic: Monotonic): SharedLimit {
  const sent = createTimes(window)
  const taken = createTimes(window)
  /** Since the last call that was taken after them. */
  const refused = new Map<string, number>()
  const notTakenSince = new Map<string, number>()
  const most = createGrowing(window)
  let cutAt = -Infinity

  function cut(now: number) {
    most.set(Math.ceil(taken.count(now) * SHARE), now)
    cutAt = now
    refused.clear()
  }

  return {
    take(own) {
      const now = monotonic()
      forget(refused, now - window)
      forget(notTakenSince, now - REMEMBERED)
      const wait = Math.max(own, sent.untilFewer(most.at(now), now))
      if (wait <= 0) sent.add(now)
      return Math.max(wait, 0)
    },
    answered({ apiKey, sentAt, isRefused, isFarBelow }) {
      const now = monotonic()
      if (!isRefused) {
        taken.add(now)
        notTakenSince.delete(apiKey)
        // The key that was refused before was meant alone.
        forget(refused, sentAt)
        return
      }
      // What was on its way when all were slowed down says nothing new.
      if (!isFarBelow || sentAt <= cutAt) return
      const isNews = !notTakenSince.has(apiKey)
      notTakenSince.set(apiKey, now)
      if (!isNews) return
      const follows = [...refused].some(([key, at]) => key !== apiKey && at <= sentAt)
      refused.set(apiKey, now)
      // When it has taken nothing there is nothing to go by, and each key waits for itself.
      if (follows && taken.count(now) > 0) cut(now)
    },
  }
}

/** How many may be sent in a window: after it was set it grows, until there is no limit any more. */
function createGrowing(window: number) {
  let [limit, first, grownAt] = [Infinity, Infinity, 0]
  return {
    set(to: number, now: number) {
      ;[limit, first, grownAt] = [to, to, now]
    },
    at(now: number): number {
      for (; limit < Infinity && now - grownAt >= window; grownAt += window) {
        limit += Math.max(1, Math.floor(limit * GROWTH))
        if (limit > first * FORGOTTEN) limit = Infinity
      }
      return limit
    },
  }
}

/** Those of this moment, and of before it. */
function forget(moments: Map<string, number>, until: number) {
  for (const [key, at] of moments) if (at <= until) moments.delete(key)
}

/** Moments of the last so many milliseconds, in order. */
export function createTimes(window: number) {
  const times: number[] = []
  const forgetOld = (now: number) => {
    while (times[0] !== undefined && times[0] <= now - window) times.shift()
  }
  return {
    add: (now: number) => {
      forgetOld(now)
      times.push(now)
    },
    count(now: number) {
      forgetOld(now)
      return times.length
    },
    /** Milliseconds until there are fewer than `limit`; 0 or less: there are. */
    untilFewer(limit: number, now: number) {
      forgetOld(now)
      const oldest = limit === Infinity ? undefined : times.at(-limit)
      return oldest === undefined ? 0 : oldest + window - now
    },
  }
}
