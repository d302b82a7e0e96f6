import { setTimeout } from 'node:timers/promises'

/** Resolves after `ms` milliseconds. An argument, so that a test need not wait. */
export type Sleep = (ms: number) => Promise<void>

export const sleep: Sleep = (ms) => setTimeout(ms)

/** What the work comes to, or null when that takes longer than `ms` milliseconds. The work goes on. */
export const inTime = <T>(work: Promise<T>, ms: number, wait: Sleep): Promise<T | null> =>
  Promise.race([work, wait(ms).then(() => null)])
