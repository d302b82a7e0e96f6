import { expect, test } from 'vitest'
import { hours } from '../../../src/shared/clock.ts'
import { clockSteps } from '../../../src/store/sqlite/clock-steps.ts'
import { NOON } from '../../support/attempts.ts'

test('a clock that is put right in the middle of a look is seen as it was at one moment', () => {
  const wrong = [0, hours(1), 0, 0]
  const steps = clockSteps(
    () => new Date(NOON.getTime() + (wrong.shift() ?? 0)),
    () => 0,
  )
  expect(steps.since()).toBe(hours(1))
  steps.dealtWith(hours(1))
  expect(steps.since()).toBe(-hours(1))
})
