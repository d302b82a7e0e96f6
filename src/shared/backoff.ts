import { seconds } from './clock.ts'

/** A number from 0 up to, not including, 1; spreads out those who would all come back at the same moment. */
export type Jitter = () => number

export const systemJitter: Jitter = () => Math.random()

const LONGEST = seconds(60)

/** Milliseconds to wait before try number `tries + 1`: doubling from 2 s to `longest`, less up to a half. */
export function backoff(tries: number, jitter: Jitter, longest = LONGEST): number {
  const full = Math.min(seconds(2 ** Math.min(tries, 12)), longest)
  return Math.round(full * (1 - jitter() / 2))
}
