import { describe, expect, test } from 'vitest'
import { newLease } from '../../src/connect/exchange.ts'
import { minutes } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import type { Connection, Store } from '../../src/store/port.ts'
import { createDice, type Dice } from '../simulation/dice.ts'
import { claimed, connected, NOON, recordKey } from '../support/attempts.ts'
import { accountsSince, changedSince, settledPosition } from '../support/changed-connections.ts'
import { OPERATOR } from './store-lifecycle.ts'

const LEASE = { runner: 'runner', lease: minutes(2) }
const NONE = { tries: 0, spent: 0 }

/** What every store tells who was away. */
export function describeChangedConnections(store: () => Store) {
  const connectWithUpload = async (account: string, apiKey = `key of ${account}`) => {
    const exchange = await claimed(store(), account)
    await recordKey(store(), exchange, apiKey, true)
    return exchange.generationId
  }
  const failUpload = async (reason: string) => {
    const claim = await store().uploads.claimDue(LEASE)
    if (!claim) throw new Error('no upload is due')
    return store().uploads.release(claim, { status: 'failed', reason, wait: null, trouble: NONE })
  }
  /** Which accounts have changed by what is done. */
  const changedBy = async (work: () => Promise<unknown>) => {
    const position = await settledPosition(store())
    await work()
    return accountsSince(store(), position)
  }

  describe('who was away', () => {
    test('sees a connect, a reconnect and a disconnect, and not of what only begins', async () => {
      await connected(store(), 'nordwind', 'api-key-0')
      expect(await changedBy(() => claimed(store(), 'contoso'))).toEqual([])
      expect(await changedBy(() => connected(store(), 'acme', 'api-key-1'))).toEqual(['acme'])
      expect(await changedBy(() => connected(store(), 'acme', 'api-key-2'))).toEqual(['acme'])
      const position = await store().connections.position()
      await store().connections.disconnect('acme', OPERATOR, NOON)
      expect((await changedSince(store(), position))?.found).toMatchObject([
        { crmAccountId: 'acme', status: 'disconnected', generation: null, disconnectedAt: NOON },
      ])
    })

    test('sees both accounts of a take-over', async () => {
      await connected(store(), 'acme', 'the-same-key')
      expect(await changedBy(() => connected(store(), 'nordwind', 'the-same-key'))).toEqual([
        'acme',
        'nordwind',
      ])
    })

    test('is told that Wazzup refuses a key and takes it again, not of each try of it', async () => {
      const { generationId } = await connected(store(), 'acme', 'api-key-1')
      const note = (health: 'valid' | 'invalid') => store().connections.noteHealth(generationId, health, NOON)
      expect(await changedBy(() => note('valid'))).toEqual([])
      expect(await changedBy(() => note('invalid'))).toEqual(['acme'])
      expect(await changedBy(() => note('valid'))).toEqual(['acme'])
      const tried = async () => {
        const key = await store().connections.claimProbe(newLease(systemRandom), 0)
        if (key) await store().connections.noteProbe({ key, runner: 'runner' }, { ago: 0 })
      }
      expect(await changedBy(tried)).toEqual([])
    })

    test('sees a warning that comes, becomes another one, and goes', async () => {
      await connectWithUpload('acme')
      expect(await changedBy(() => failUpload('not_open'))).toEqual(['acme'])
      const start = () => store().uploads.start('acme', ['webhooks'], NOON)
      expect(await changedBy(start)).toEqual(['acme'])
      expect(await changedBy(() => failUpload('address_refused'))).toEqual(['acme'])
      expect(await changedBy(() => connectWithUpload('acme', 'api-key-2'))).toEqual(['acme'])
    })

    test('sees nothing twice where nothing happens at the same time', async () => {
      for (const account of ['c', 'a', 'b']) await connected(store(), account, `key-${account}`)
      const all = () => changedSince(store(), new Date(0), 1)
      expect((await all())?.found.map(({ crmAccountId }) => crmAccountId)).toEqual(['c', 'a', 'b'])
      await expect.poll(async () => accountsSince(store(), (await all())?.position ?? NOON)).toEqual([])
    })

    test('is told that a position of another database is not known', async () => {
      const { epoch, number } = await store().connections.position()
      expect(await changedSince(store(), { epoch: '0123456789ab', number })).toBeNull()
      expect(await changedSince(store(), { epoch, number: number + 1_000_000 })).toBeNull()
    })

    test('has in the end what is there, whatever has happened at once while it was read page by page', async () => {
      const known = new Map<string, Connection>()
      let since = await store().connections.position()
      const look = async () => {
        const changed = await changedSince(store(), since, 1)
        if (!changed) throw new Error('the position is not known any more')
        for (const connection of changed.found) known.set(connection.crmAccountId, connection)
        since = changed.position
      }
      const seed = Date.now() % 1_000_000
      const dice = createDice(seed)
      for (let round = 0; round < 5; round++) {
        const acts = ['a', 'b', 'c', 'd'].map((account) => somethingWith(store(), account, dice))
        await Promise.allSettled([...acts, look().then(look).then(look)])
      }
      await look()
      const there = await store().connections.list({ status: null, after: null, limit: 10 })
      const byAccount = [...known.values()].sort((one, two) => (one.crmAccountId < two.crmAccountId ? -1 : 1))
      expect(byAccount, `seed ${seed}`).toEqual(there)
    })
  })
}

/** One of the things that may happen to a connection. */
async function somethingWith(store: Store, account: string, dice: Dice) {
  const [apiKey, act] = [dice.text(8), dice.next()]
  const key = await store.keys.current(account)
  if (!key || act < 0.4) return connected(store, account, apiKey)
  if (act < 0.6) return store.connections.disconnect(account, OPERATOR, NOON)
  return store.connections.noteHealth(key.generationId, act < 0.8 ? 'invalid' : 'valid', NOON)
}
