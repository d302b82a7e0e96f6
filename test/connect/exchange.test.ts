import { expect, test } from 'vitest'
import { settle } from '../../src/connect/exchange.ts'
import type { ExchangeDeps } from '../../src/connect/visit.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { systemMonotonic } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { claimed, NOON } from '../support/attempts.ts'
import { storeAtHand } from '../support/store-at-hand.ts'

/** Wazzup says no to a state whose first answer was lost. */
const refused: ExchangeDeps['connect'] = async () => ({
  ...{ kind: 'refused', reason: 'state_refused', status: 400, code: null },
})

async function settleWith(storeWellFor: number) {
  const store = await storeAtHand()
  const exchange = { ...(await claimed(store, 'acme')), maybeAnswered: true }
  const { exchange: ended } = await settle(exchange, {
    ...{ store, connect: refused, storeWellFor: () => storeWellFor, clock: () => NOON, random: systemRandom },
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

test('an end is guessed once the database has been well for a minute', async () => {
  const { ended, found } = await settleWith(60_000)
  expect({ ended, status: found?.status }).toEqual({ ended: 'restart_needed', status: 'failed' })
})

test('before, whoever has the apiKey in hand may still commit it: the exchange waits for what is left', async () => {
  const { ended, found } = await settleWith(12_345.678)
  expect({ ended, status: found?.status }).toEqual({ ended: 'postponed', status: 'pending' })
  expect(found?.dueIn).toBeGreaterThan(47_000)
})
