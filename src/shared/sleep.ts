import { setTimeout } from 'node:timers/promises'

/** Resolves after `ms` milliseconds. An argument, so that a test need not wait. */
export type Sleep = (ms: number) => Promise<void>

export const sleep: Sleep = (ms) => setTimeout(ms)
