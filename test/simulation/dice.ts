/** Chance out of a seed: the same seed throws the same numbers. */
export interface Dice {
  /** True in `part` of all throws, a number from 0 to 1. */
  chance(part: number): boolean
  /** A whole number; both ends occur. */
  within(from: number, to: number): number
  one<T>(of: readonly T[]): T
  /** From 0 up to, not including, 1. */
  next(): number
  /** As `Random` makes it: `bytes` bytes, written url-safe. */
  text(bytes: number): string
}

/** Mulberry32: small, fast, and good enough to choose by. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const within = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  return {
    next,
    within,
    chance: (part) => next() < part,
    one: (of) => {
      const chosen = of[within(0, of.length - 1)]
      if (chosen === undefined) throw new Error('There is nothing to choose from')
      return chosen
    },
    text: (bytes) => Buffer.from(Array.from({ length: bytes }, () => within(0, 255))).toString('base64url'),
  }
}
