import { expect, test } from 'vitest'
import { hours } from '../../../src/shared/clock.ts'
import { databaseTimeOf } from '../../../src/store/sqlite/database-time.ts'
import { NOON } from '../../support/attempts.ts'

/** A clock that is wrong by these, one reading after the other, and right from then on. */
const wrongBy = (...wrong: number[]) =>
  databaseTimeOf(
    () => new Date(NOON.getTime() + (wrong.shift() ?? 0)),
    () => 0,
  )

test('a clock that is put right in the middle of a look is seen as it was at one moment', () => {
  const { steps } = wrongBy(0, hours(1), 0, 0)
  expect(steps?.since()).toBe(hours(1))
  steps?.dealtWith(hours(1))
  expect(steps?.since()).toBe(-hours(1))
})

test('so is the time that moments are compared with: no step shows in it', () => {
  const { now } = wrongBy(0, hours(1), 0)
  expect(now()).toBe(NOON.getTime())
  expect(now()).toBe(NOON.getTime())
})
