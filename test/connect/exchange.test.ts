import { describe, expect, test } from 'vitest'
import { newLease, settle } from '../../src/connect/exchange.ts'
import type { ExchangeDeps } from '../../src/connect/visit.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { minutes, seconds, systemMonotonic } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import type { ClaimedExchange } from '../../src/store/port.ts'
import { claimed, NOON } from '../support/attempts.ts'
import { storeAtHand } from '../support/store-at-hand.ts'

/** Wazzup says no to a state whose first answer was lost. */
const refused: ExchangeDeps['connect'] = async () => ({
  ...{ kind: 'refused', reason: 'state_refused', status: 400, code: null },
})

async function settleWith(storeWellFor: number) {
  return settleAs({ maybeAnswered: true }, refused, { storeWellFor })
}

/** Settles an exchange that has come so far, with a Wazzup that answers so. */
async function settleAs(
  so: Partial<ClaimedExchange>,
  connect: ExchangeDeps['connect'],
  { storeWellFor = minutes(5), isAgain = false } = {},
) {
  const store = await storeAtHand()
  const first = await claimed(store, 'acme')
  if (isAgain) await store.exchanges.postpone(first, { wait: 0, lost: false })
  const again = isAgain ? await store.exchanges.claimDue(newLease(systemRandom)) : null
  const exchange = { ...(again ?? first), ...so }
  const { exchange: ended } = await settle(exchange, {
    ...{ store, connect, storeWellFor: () => storeWellFor, clock: () => NOON, random: systemRandom },
    monotonic: systemMonotonic,
    ...{ jitter: () => 0, sleep: async () => undefined, log: createLogger('silent') },
    meter: { reached: () => undefined, missed: () => undefined, exchanged: () => undefined },
    background: { keep: () => undefined, stopped: new AbortController().signal },
    settings: {
      ...{ crmCode: 'acme-crm', secret: () => 'secret', unfinishedAttempts: 10, crmKeyGrace: 0 },
      uploadPlan: [],
    },
  })
  return { ended, found: await store.exchanges.find(exchange.stateHash) }
}

const notNow =
  (retryAfter: number | null, code = 'too_many_requests'): ExchangeDeps['connect'] =>
  async () => ({ kind: 'not_processed', status: null, code, retryAfter })

describe('Wazzup has not done anything', () => {
  test.each<[string, ExchangeDeps['connect'], [number, number]]>([
    ['429 without a time', notNow(null), [1000, 2000]],
    ['429 with one', notNow(seconds(30)), [29_000, 30_000]],
    ['429 with the longest that is waited for', notNow(seconds(89)), [88_000, 89_000]],
    ['no connection', notNow(null, 'ECONNREFUSED'), [1000, 2000]],
    ['our own breaker', notNow(seconds(9), 'breaker_open'), [8000, 9000]],
  ])('%s: it is waited for, and the page can say so', async (_what, connect, [least, most]) => {
    const { ended, found } = await settleAs({}, connect)
    expect(ended).toBe('postponed')
    expect(found).toMatchObject({ status: 'pending', maybeAnswered: false, isWaitedOut: true })
    expect(found?.dueIn).toBeGreaterThan(least)
    expect(found?.dueIn).toBeLessThanOrEqual(most)
  })

  test('pauses grow to ten seconds, where Wazzup says nothing', async () => {
    const { found } = await settleAs({ age: seconds(60) }, notNow(null))
    expect(found?.dueIn).toBeLessThanOrEqual(seconds(10))
  })

  test.each<[string, Partial<ClaimedExchange>, number | null, number]>([
    ['asks for longer than 90 seconds', {}, seconds(91), seconds(91)],
    ['asks for longer than is left of them', { age: seconds(80) }, seconds(15), seconds(15)],
    ['has had 90 seconds', { age: seconds(89) }, null, seconds(10)],
  ])('when it %s, the person is told at once, and when to try again', async (_what, so, asked, wait) => {
    const { ended, found } = await settleAs(so, notNow(asked))
    expect(ended).toBe('wazzup_unavailable')
    expect(found).toMatchObject({ status: 'failed', reason: 'wazzup_unavailable', sendable: true })
    expect(found?.dueIn).toBeGreaterThan(wait - seconds(2))
    expect(found?.dueIn).toBeLessThanOrEqual(wait)
  })

  test('a service that was away for longer than that sends nothing, and lets the person decide', async () => {
    let calls = 0
    const connect: ExchangeDeps['connect'] = async () => {
      calls += 1
      return { kind: 'accepted', apiKey: 'a-late-key' }
    }
    const { ended, found } = await settleAs({ age: minutes(20) }, connect, { isAgain: true })
    expect([ended, calls]).toEqual(['wazzup_unavailable', 0])
    expect(found).toMatchObject({ status: 'failed', reason: 'wazzup_unavailable', sendable: true })
  })

  test('after an answer that was lost it is not the person who decides', async () => {
    const { ended, found } = await settleAs({ maybeAnswered: true, age: minutes(3) }, notNow(seconds(120)))
    expect([ended, found?.status]).toEqual(['postponed', 'pending'])
  })
})

test('an end is guessed once the database has been well for a minute', async () => {
  const { ended, found } = await settleWith(60_000)
  expect({ ended, status: found?.status }).toEqual({ ended: 'restart_needed', status: 'failed' })
})

test('before, whoever has the apiKey in hand may still commit it: the exchange waits for what is left', async () => {
  const { ended, found } = await settleWith(12_345.678)
  expect({ ended, status: found?.status }).toEqual({ ended: 'postponed', status: 'pending' })
  expect(found?.dueIn).toBeGreaterThan(47_000)
})
