import { expect, test } from 'vitest'
import { disconnectAccount, type DisconnectDeps } from '../../src/keys/disconnect.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { after, minutes } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { StoreUnavailable } from '../../src/store/errors.ts'
import { OPERATOR } from '../contracts/store-lifecycle.ts'
import { claimed, connected, NOON, openedKey } from '../support/attempts.ts'
import { storeAtHand } from '../support/store-at-hand.ts'

test('a disconnect that fails is not taken for an earlier one while a new exchange is under way', async () => {
  const store = await storeAtHand()
  await connected(store, 'acme', 'api-key')
  await store.connections.disconnect('acme', OPERATOR, NOON)
  const { crmKey } = await claimed(store, 'acme')
  const unavailable = new StoreUnavailable('not now', { code: 'storage_unavailable' })
  const deps: DisconnectDeps = {
    store: {
      ...store,
      connections: { ...store.connections, disconnect: () => Promise.reject(unavailable) },
    },
    webhooks: { read: () => Promise.reject(unavailable), change: () => Promise.reject(unavailable) },
    ...{ webhooksUrl: null, clock: () => after(NOON, minutes(1)), log: createLogger('silent') },
    ...{ random: systemRandom, jitter: () => 0 },
  }
  await expect(disconnectAccount('acme', OPERATOR, deps)).rejects.toBe(unavailable)
  expect(await openedKey(store, crmKey)).toMatchObject({ keyStatus: 'pending' })
})
