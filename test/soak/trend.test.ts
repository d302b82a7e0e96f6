import { expect, test } from 'vitest'
import { grows, trendOf, type Sample } from './trend.ts'

/** A figure every ten seconds for five minutes; the noise has no pattern, and is the same each time. */
const samples = (value: (second: number, noise: number) => number): Sample[] =>
  Array.from({ length: 30 }, (_, index) => {
    const at = 10 * index
    return { at, value: value(at, Math.sin(index * 12.9898) * 5) }
  })

test.each([
  ['a figure that only wavers does not grow', samples((_, noise) => 100 + noise), false],
  [
    'nor does one that jumps once and comes back',
    samples((at, noise) => (at === 100 ? 500 : 100 + noise)),
    false,
  ],
  ['one that climbs through its wavering does', samples((at, noise) => 100 + at / 5 + noise), true],
  ['one that falls does not', samples((at, noise) => 100 - at / 5 + noise), false],
  ['one file more in five minutes is chance', samples((at) => (at < 150 ? 20 : 21)), false],
  ['one file more in each ten seconds is not', samples((at) => 20 + at / 10), true],
] as const)('%s', (_, series, does) => {
  expect(grows(trendOf(series), 1)).toBe(does)
})
