import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { hours } from '../../src/shared/clock.ts'
import { createLookup } from '../../src/keys/lookup.ts'
import { Secret } from '../../src/config/secret.ts'
import { openResealer, openStore } from '../../src/store/index.ts'
import { OPERATOR } from '../contracts/store-lifecycle.ts'
import { claimed, connected, identified, newExchange, recordKey, shownNow } from '../support/attempts.ts'
import { databaseFor } from '../support/database-for.ts'
import { onOneEngine } from '../support/on-one-engine.ts'
import { tempDir } from '../support/temp-dir.ts'

const key = (id: string) => ({ id, key: randomBytes(32) })

async function database() {
  const dir = await tempDir()
  const made = await databaseFor(dir.path)
  return {
    remove: async () => {
      await made.remove()
      await dir.remove()
    },
    settings: (...keys: ReturnType<typeof key>[]) => ({
      ...{ database: made.address, encryptionKeys: new Secret(keys) },
    }),
  }
}

test(
  '50 look-ups at a time during a rotation never give a wrong answer',
  { ...onOneEngine, timeout: 300_000 },
  async () => {
    const { settings, remove } = await database()
    const [older, newer] = [key('k1'), key('k2')]
    const before = await openStore(settings(older))
    const keys: { crmKey: string; apiKey: string }[] = []
    for (let i = 0; i < 300; i++) {
      const apiKey = `api-key-${i}`
      keys.push({ apiKey, crmKey: (await connected(before, `account-${i}`, apiKey)).crmKey })
    }
    await before.close()

    // The service serves with both keys, each replica with a connection of its own; the rotation has a third.
    const replicas = [await openStore(settings(newer, older)), await openStore(settings(newer, older))]
    const lookups = replicas.map((store) => createLookup(store.keys))
    const rotation = await openResealer(settings(newer, older), { readOnly: false })
    let rotating = true
    let answered = 0
    const caller = async (n: number) => {
      for (let i = n; rotating || answered < 500; i += 7) {
        const { crmKey, apiKey } = keys[i % keys.length] ?? { crmKey: '', apiKey: '' }
        expect((await lookups[n % 2]?.(crmKey))?.apiKey()).toBe(apiKey)
        answered += 1
        await new Promise(setImmediate)
      }
    }
    const rotate = async () => {
      for await (const done of rotation.reseal()) expect(done).toBeGreaterThan(0)
      rotating = false
    }
    await Promise.all([rotate(), ...Array.from({ length: 50 }, (_, n) => caller(n))])
    expect(await rotation.count()).toBe(0)
    expect(await rotation.forgetUnused()).toEqual(['k1'])
    await Promise.all([rotation.close(), ...replicas.map((store) => store.close())])

    // The older key is not needed by anything any more.
    const after = await openStore(settings(newer))
    const { crmKey, apiKey } = keys[0] ?? { crmKey: '', apiKey: '' }
    expect((await createLookup(after.keys)(crmKey))?.apiKey()).toBe(apiKey)
    await after.close()
    await remove()
  },
)

test('50 look-ups at a time during a reconnect always know the customer', async () => {
  const { settings, remove } = await database()
  const store = await openStore(settings(key('k1')))
  const other = await openStore(settings(key('k1'))).catch(() => null)
  expect(other, 'a store with another key under this id must not open').toBeNull()
  const lookup = createLookup(store.keys)
  const connect = async (apiKey: string) => {
    const attempt = await identified(store, 'acme')
    const exchange = newExchange(attempt, {
      ...(await shownNow(store, 'acme')),
      lease: 0,
      grace: hours(24),
    })
    return { attempt, exchange, apiKey }
  }
  const first = await connect('api-key-1')
  await store.exchanges.claim(first.exchange)
  await recordKey(
    store,
    { stateHash: first.attempt.stateHash, generationId: first.exchange.generationId },
    'api-key-1',
  )
  const second = await connect('api-key-2')

  let done = false
  let rounds = 0
  const seen = { older: new Set<string>(), newer: new Set<string>() }
  const caller = async () => {
    while (!done) {
      const [older, newer] = [await lookup(first.exchange.crmKey), await lookup(second.exchange.crmKey)]
      expect(older?.apiKey()).toBe('api-key-1')
      seen.older.add(older?.keyStatus ?? 'unknown')
      seen.newer.add(`${newer?.keyStatus ?? 'unknown'} ${newer?.apiKey() ?? '-'}`)
      rounds += 1
      await new Promise(setImmediate)
    }
  }
  // Long enough for rounds that have begun since.
  const moreRounds = async () => {
    const enough = rounds + 150
    while (rounds < enough) await new Promise(setImmediate)
  }
  const reconnect = async () => {
    await moreRounds()
    await store.exchanges.claim(second.exchange)
    await moreRounds()
    const record = { stateHash: second.attempt.stateHash, generationId: second.exchange.generationId }
    await store.exchanges.record({
      ...{ ...record, apiKey: 'api-key-2', apiKeyHash: 'h', now: new Date(), upload: false },
      grace: hours(24),
    })
    await moreRounds()
    done = true
  }
  await Promise.all([reconnect(), ...Array.from({ length: 50 }, caller)])
  expect(seen.older).toEqual(new Set(['current', 'previous']))
  expect(seen.newer).toEqual(new Set(['unknown -', 'pending -', 'current api-key-2']))
  await store.close()
  await remove()
}, 300_000)

test('a disconnect on one replica is refused on the other by its very next look-up', async () => {
  const { settings, remove } = await database()
  const ring = key('k1')
  const [one, two] = [await openStore(settings(ring)), await openStore(settings(ring))]
  const { crmKey } = await connected(one, 'acme', 'api-key-1')
  const pending = await claimed(one, 'acme')
  const lookup = createLookup(two.keys)
  expect((await lookup(crmKey))?.apiKey()).toBe('api-key-1')
  await one.connections.disconnect('acme', OPERATOR, new Date())
  expect([await lookup(crmKey), await lookup(pending.crmKey)]).toEqual([null, null])
  await Promise.all([one.close(), two.close()])
  await remove()
})
