import { expect, test } from 'vitest'
import { seconds } from '../../src/shared/clock.ts'
import { TURN } from '../../src/upload/hold.ts'
import { contact } from '../support/changes-at-hand.ts'
import { IDLE, sendInTurns } from '../support/driven-changes.ts'
import type { Trouble } from '../support/driven-uploads.ts'

const TROUBLED = 'troubled'

/** More of them than are served at a time. */
const LARGE = Array.from({ length: 5 }, (_, i) => `large-${i}`)

/** Every trouble there is, one after the other, at one customer. */
const TROUBLES: (Trouble | null)[] = [
  { lost: 'deadline' },
  ...[429, 500, 502, 503, 504, 408].map((status) => ({ answer: { status } })),
  { answer: { status: 429, headers: { 'retry-after': '1' } } },
  { lost: 'deadline', processed: true },
  { lost: 'ECONNRESET', processed: true },
  null,
]

const CALL = 500

const contacts = (n: number, of: string) => Array.from({ length: n }, (_, i) => contact(`${of}-${i}`))

/** How long the changes of so many honest customers take at most, beside some with very many and one with every trouble. */
async function longestBeside(count: number, many: number) {
  const honest = Array.from({ length: count }, (_, i) => `honest-${i}`)
  const allOf = (customers: string[], n: number) =>
    Object.fromEntries(customers.map((customer) => [customer, contacts(n, 'first')]))
  const { longest, waits } = await sendInTurns({
    waiting: { ...allOf(LARGE, many), [TROUBLED]: contacts(150, 'first'), ...allOf(honest, 30) },
    later: honest.flatMap((customer, i) =>
      [5, 10, 15].map((s) => ({ at: seconds(s) + i * 20, customer, changes: contacts(3, `later-${s}`) })),
    ),
    until: honest,
    callTakes: CALL,
    atWazzup: (_, { customer, number }) =>
      customer === TROUBLED ? (TROUBLES[number % TROUBLES.length] ?? null) : null,
  })
  expect(longest.size).toBe(count)
  const left = await Promise.all(LARGE.map(waits))
  expect(Math.min(...left)).toBeGreaterThan(0)
  return Math.max(...longest.values())
}

/**
 * Four are served at a time. Those with very many may have all four places for a turn, and be due before somebody for one more; then
 * each of the honest ones takes one request, with two places at the least.
 */
const bound = (count: number) => 2 * (TURN + CALL) + (count / 2) * CALL + IDLE

test('twenty customers wait for no more than turns, beside some with very many and one with every trouble', async () => {
  expect(await longestBeside(20, 4000)).toBeLessThan(bound(20))
})

test('a hundred do not, either', { tags: ['long'], timeout: 600_000 }, async () => {
  expect(await longestBeside(100, 20_000)).toBeLessThan(bound(100))
})
