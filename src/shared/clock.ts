/** The present moment. An argument everywhere, so that a test can move time instead of waiting for it. */
export type Clock = () => Date

export const systemClock: Clock = () => new Date()

/** Milliseconds of this process that no change of the clock touches: for deadlines, and for how long something took. */
export type Monotonic = () => number

export const systemMonotonic: Monotonic = () => performance.now()

/** Milliseconds, spelled so that a reader sees the unit. */
export const seconds = (n: number) => n * 1000
export const minutes = (n: number) => seconds(60) * n
export const hours = (n: number) => minutes(60) * n

/** The moment `ms` milliseconds after `from`. */
export const after = (from: Date, ms: number) => new Date(from.getTime() + ms)
