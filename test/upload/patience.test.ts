import { expect, test } from 'vitest'
import { hours, minutes, seconds } from '../../src/shared/clock.ts'
import type { CallOutcome } from '../../src/wazzup/authorized-call.ts'
import { DONE, page, uploadAtHand } from '../support/upload-at-hand.ts'
import { onOneEngine } from '../support/on-one-engine.ts'

const BROKEN: CallOutcome = { kind: 'unavailable', status: 503, code: 'server_error', maybeDone: true }

/** An upload whose first requests for contacts get these answers, and all others a good one. */
const answered = (...answers: CallOutcome[]) =>
  uploadAtHand(async ({ kind }) => page(kind), {
    upsert: async (kind) => (kind === 'contacts' ? (answers.shift() ?? DONE) : DONE),
  })

test('time in which the service is off is no time in which it was tried', async () => {
  const { turn, pass } = await answered(BROKEN, BROKEN)
  expect(await turn()).toMatchObject({ status: 'running', reason: 'server_error' })
  pass(hours(10))
  expect(await turn()).toMatchObject({ status: 'running', reason: 'server_error' })
  pass(minutes(1))
  expect(await turn()).toMatchObject({ status: 'done' })
})

test('nor is that of a runner that was killed at its work', async () => {
  const { store, now, turn, pass } = await answered(BROKEN, BROKEN)
  await turn()
  pass(minutes(1))
  await store.setTime(now())
  await store.uploads.claimDue({ runner: 'killed', lease: minutes(2) })
  pass(hours(10))
  expect(await turn()).toMatchObject({ status: 'running', reason: 'server_error' })
  pass(minutes(2))
  expect(await turn()).toMatchObject({ status: 'done' })
})

test('nor are the pauses that Wazzup asks for, however many', onOneEngine, async () => {
  const limited: CallOutcome = { kind: 'rate_limited', status: 429, retryAfter: hours(1) }
  const { turn, pass } = await answered(limited, limited, limited, limited)
  for (let n = 0; n < 4; n += 1) {
    expect(await turn()).toMatchObject({ status: 'running', reason: 'rate_limited' })
    pass(hours(3))
  }
  expect(await turn()).toMatchObject({ status: 'done' })
})

test(
  'nor is that in which nothing is let through to a Wazzup that is down: it was not tried',
  onOneEngine,
  async () => {
    const held: CallOutcome = {
      ...{ kind: 'unavailable', status: null, code: 'breaker_open', maybeDone: false },
      heldBack: minutes(1),
    }
    const { turn, pass } = await answered(...Array.from({ length: 200 }, () => held))
    for (let n = 0; n < 200; n += 1) {
      expect(await turn()).toMatchObject({ status: 'running', reason: 'breaker_open' })
      pass(minutes(1))
    }
    expect(await turn()).toMatchObject({ status: 'done' })
  },
)

test('nor does its worker take up another customer until the gate opens', onOneEngine, async () => {
  const held: CallOutcome = {
    ...{ kind: 'unavailable', status: null, code: 'breaker_open', maybeDone: false },
    heldBack: seconds(10),
  }
  const { work, pass, store, now } = await answered(held)
  expect(await work()).toBe(seconds(10))
  pass(seconds(10))
  await store.setTime(now())
  expect(await work()).toBe(true)
})

test.each<[string, CallOutcome]>([
  ['server_error', BROKEN],
  // It asks for a pause of nothing.
  ['rate_limited', { kind: 'rate_limited', status: 429, retryAfter: 0 }],
])(
  'a step is given up after its third try, however long each takes: %s',
  onOneEngine,
  async (reason, answer) => {
    const around = { sendTakes: hours(3), upsert: async () => answer, started: ['contacts' as const] }
    const { turn, pass } = await uploadAtHand(async ({ kind }) => page(kind), around)
    for (let n = 0; n < 2; n += 1) {
      expect(await turn()).toMatchObject({ status: 'running', reason })
      pass(minutes(1))
    }
    await turn()
    expect(await turn()).toMatchObject({ status: 'failed', reason })
  },
)
