import { seconds } from './clock.ts'

/** A number from 0 up to, not including, 1; spreads out those who would all come back at the same moment. */
export type Jitter = () => number

export const systemJitter: Jitter = () => Math.random()

const LONGEST = seconds(60)

/** Milliseconds to wait before try number `tries + 1`: doubling from 2 s to a minute, less up to a half. */
export function backoff(tries: number, jitter: Jitter): number {
  const full = Math.min(seconds(2 ** Math.min(tries, 10)), LONGEST)
  return Math.round(full * (1 - jitter() / 2))
}
