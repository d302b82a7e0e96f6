import { expect, test } from 'vitest'
import { awaitAnswer } from '../../../src/connect/steps/await-answer.ts'
import type { ConnectDeps, Visit } from '../../../src/connect/visit.ts'
import { after, hours, minutes, seconds } from '../../../src/shared/clock.ts'
import { NOON } from '../../support/attempts.ts'

/** A reload while an answer is being checked; the check ends after so many milliseconds, and the clock shows this. */
async function reload({ checkedAfter, clock }: { checkedAfter: number; clock: () => Date }) {
  let took = 0
  const visit = { attempt: { id: 'a', status: 'identifying' }, now: NOON } as unknown as Visit
  const find = async () => ({ id: 'a', status: took < checkedAfter ? 'identifying' : 'identified' })
  const sleep = async (ms: number) => {
    if (took > minutes(1)) throw new Error('waits for ever')
    took += ms
  }
  const deps = { store: { attempts: { find } }, clock, monotonic: () => took, sleep }
  await awaitAnswer(visit, deps as unknown as ConnectDeps)
  return { status: visit.attempt?.status, took }
}

test('a reload while an answer is checked waits for what comes of it', async () => {
  const { status, took } = await reload({ checkedAfter: seconds(3), clock: () => NOON })
  expect(status).toBe('identified')
  expect(took).toBeLessThan(seconds(4))
})

test('a clock that is set forward meanwhile does not end the waiting', async () => {
  const { status } = await reload({ checkedAfter: seconds(3), clock: () => after(NOON, hours(1)) })
  expect(status).toBe('identified')
})

test('a clock that is set back does not prolong it', async () => {
  const { status, took } = await reload({ checkedAfter: hours(1), clock: () => after(NOON, -hours(1)) })
  expect(status).toBe('identifying')
  expect(took).toBeLessThan(seconds(9))
})
