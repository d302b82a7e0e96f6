import { randomBytes } from 'node:crypto'
import { expect, inject, onTestFinished, test } from 'vitest'
import { encryptionKeys } from '../../src/config/fields/encryption-keys.ts'
import { openKeys } from '../../src/package/open-keys.ts'
import { openStore } from '../../src/store/index.ts'
import { claimed, connected, recordKey } from '../support/attempts.ts'
import { databaseFor } from '../support/database-for.ts'
import { PREPARED_OTHERWISE } from '../support/later-release.ts'
import { tempDir } from '../support/temp-dir.ts'

const CHANGES = PREPARED_OTHERWISE.map((change) => change[inject('engine')]).join(';')

async function opened() {
  const folder = await tempDir()
  const database = await databaseFor(folder.path)
  const ring = `k1:${randomBytes(32).toString('base64')}`
  const settings = { database: database.address, encryptionKeys: encryptionKeys().parse(ring) }
  const store = await openStore(settings)
  const { crmKey, stateHash } = await connected(store, 'acme', 'api-key')
  const closing: (() => Promise<void>)[] = []
  async function openAgain() {
    const keys = await openKeys({ databaseUrl: database.url, encryptionKeys: ring })
    closing.push(() => keys.close())
    return keys
  }
  const keys = await openAgain()
  onTestFinished(async () => {
    for (const close of closing) await close()
    await store.close()
    await database.remove()
    await folder.remove()
  })
  const change = () => database.order(CHANGES)
  return { store, keys, crmKey, stateHash, change, openAgain }
}

test('what a process has prepared serves on when a later release changes the schema under it', async () => {
  const { store, keys, crmKey, stateHash, change, openAgain } = await opened()
  // On every connection of both pools.
  const ask = () =>
    Promise.all(
      Array.from({ length: 30 }, async () => [
        (await keys.lookup(`Bearer ${crmKey}`))?.apiKey(),
        (await store.exchanges.find(stateHash))?.status,
        (await store.connections.find('acme'))?.status,
        (await store.keys.current('acme'))?.apiKey(),
      ]),
    )
  const before = await ask()
  expect(before[0]).toEqual(['api-key', 'connected', 'connected', 'api-key'])
  await change()
  expect(await ask()).toEqual(before)
  // Also where it starts afterwards.
  const later = await openAgain()
  expect((await later.lookup(`Bearer ${crmKey}`))?.apiKey()).toBe('api-key')
})

test('what the functions of triggers have compiled is compiled again: the apiKey of an exchange under way is kept', async () => {
  const { store, change } = await opened()
  await connected(store, 'nordwind', 'other-key')
  const exchange = await claimed(store, 'nordwind')
  await change()
  await recordKey(store, exchange, 'newer-key')
  expect((await store.keys.current('nordwind'))?.apiKey()).toBe('newer-key')
})

test('a change in one transaction with what others have prepared loses no commit', async () => {
  const { store, change } = await opened()
  await connected(store, 'nordwind', 'other-key')
  await change()
  await connected(store, 'nordwind', 'newer-key')
  expect((await store.keys.current('nordwind'))?.apiKey()).toBe('newer-key')
})
