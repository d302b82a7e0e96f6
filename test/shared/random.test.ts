import { expect, test } from 'vitest'
import { systemRandom } from '../../src/shared/random.ts'

test('random texts are as long as asked for, and nothing of one comes again in another', () => {
  const lengths = Array.from({ length: 1000 }, (_, i) => [12, 16, 32, 250, 1500][i % 5] ?? 0)
  const made = lengths.map((bytes) => Buffer.from(systemRandom(bytes), 'base64url'))
  expect(made.map(({ length }) => length)).toEqual(lengths)
  const pieces = made.flatMap((bytes) =>
    Array.from({ length: Math.floor(bytes.length / 8) }, (_, i) => bytes.toString('hex', 8 * i, 8 * i + 8)),
  )
  expect(new Set(pieces).size).toBe(pieces.length)
})
