import { expect, test } from 'vitest'
import { STATUSES } from '../../src/http/public/statuses.ts'
import { after, hours, minutes } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { supportIdOf } from '../../src/shared/support-id.ts'
import { readRequestId, requestIdAt, supportIdFor, type RequestProblem } from '../../src/shared/request-id.ts'

const NOON = new Date('2026-11-23T12:00:00Z')
const idAt = (at: Date, problem: RequestProblem) =>
  supportIdFor(null, { requestId: requestIdAt(at, systemRandom), problem })

test('the id of a page without an attempt says what was wrong, and in which minute', () => {
  const at = new Date('2026-11-23T11:58:41Z')
  for (const problem of Object.keys(STATUSES).filter((one) => readable(one)) as RequestProblem[]) {
    expect(readRequestId(idAt(at, problem), NOON)).toEqual({ problem, at: new Date('2026-11-23T11:58:00Z') })
  }
  expect(readable('bad_state')).toBe(true)
})

const readable = (problem: string) => readRequestId(idAt(NOON, problem as RequestProblem), NOON) !== null

test('it is said for ninety days, also after eight years of minutes', () => {
  const id = idAt(NOON, 'bad_state')
  expect(readRequestId(id, after(NOON, hours(24 * 89)))?.at).toEqual(NOON)
  expect(readRequestId(id, after(NOON, hours(24 * 91)))).toBeNull()
  const later = new Date('2036-02-03T04:05:00Z')
  expect(readRequestId(idAt(later, 'internal'), later)).toEqual({ problem: 'internal', at: later })
})

test('a replica whose clock is a little behind knows it, too', () => {
  expect(readRequestId(idAt(after(NOON, minutes(2)), 'overloaded'), NOON)?.problem).toBe('overloaded')
})

test('an id that was written down wrongly says nothing', () => {
  const id = supportIdFor(null, { requestId: requestIdAt(NOON, () => 'one'), problem: 'too_many_requests' })
  const wrong = Array.from(id).flatMap((symbol, place) =>
    place < 3 || symbol === '-'
      ? []
      : [`${id.slice(0, place)}${symbol === '7' ? '8' : '7'}${id.slice(place + 1)}`],
  )
  expect(wrong.filter((one) => readRequestId(one, NOON) !== null)).toEqual([])
})

test('requests of one minute have different ids, and that of an attempt says nothing by itself', () => {
  const ids = Array.from({ length: 20 }, () => idAt(NOON, 'not_found'))
  expect(new Set(ids).size).toBeGreaterThan(8)
  const ofAttempts = Array.from({ length: 500 }, (_, i) => supportIdOf(`attempt-${i}`))
  expect(ofAttempts.filter((id) => readRequestId(id, NOON) !== null)).toEqual([])
})
