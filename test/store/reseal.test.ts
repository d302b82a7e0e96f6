import { expect, onTestFinished, test } from 'vitest'
import { encryptionKeys } from '../../src/config/fields/encryption-keys.ts'
import { createKeyRing } from '../../src/crypto/key-ring.ts'
import { createSealer } from '../../src/crypto/sealer.ts'
import { openStore } from '../../src/store/index.ts'
import type { ReplicaKeys } from '../../src/store/port.ts'
import { resealer } from '../../src/store/reseal.ts'
import { connected, openedKey } from '../support/attempts.ts'
import { databaseFor } from '../support/database-for.ts'
import { newKey } from '../support/filled-database.ts'
import { tempDir } from '../support/temp-dir.ts'

const [K1, K2] = [newKey('k1'), newKey('k2')]
const LATE: ReplicaKeys = { name: 'web-1:7', id: 'a', keys: ['k1'] }

/** A service that seals with k1, and a rotation to k2; these replicas show themselves just as it notes its key. */
async function rotationBeside(...starting: ReplicaKeys[]) {
  const folder = await tempDir()
  const database = await databaseFor(folder.path)
  const settings = (...keys: string[]) => ({
    database: database.address,
    encryptionKeys: encryptionKeys().parse(keys.join(',')),
  })
  const store = await openStore(settings(K1))
  onTestFinished(async () => {
    await store.close()
    await database.remove()
    await folder.remove()
  })
  const sealingKeys: typeof store.sealingKeys = {
    ...store.sealingKeys,
    async all() {
      const noted = await store.sealingKeys.all()
      for (const one of starting) await store.sealingKeys.announce(one)
      return noted
    },
  }
  const ring = createKeyRing(settings(K2, K1).encryptionKeys.reveal())
  const rotation = resealer({ ...store, sealingKeys }, ring, createSealer(ring))
  return {
    ...{ store, settings },
    rotate: () => rotation.reseal()[Symbol.asyncIterator]().next(),
    noted: async () => (await store.sealingKeys.all()).map(({ id }) => id),
  }
}

const refusal = {
  code: 'encryption_key_not_everywhere',
  message: expect.stringContaining('web-1:7') as string,
}

test('a replica without the key that starts just as the key is noted is seen before a value is changed', async () => {
  const { store, rotate } = await rotationBeside(LATE)
  const { crmKey } = await connected(store, 'acme', 'api-key-1')
  await expect(rotate()).rejects.toMatchObject(refusal)
  expect(await openedKey(store, crmKey)).toMatchObject({ apiKey: 'api-key-1' })
})

test('a rotation that is refused by it keeps no other replica without the key from starting', async () => {
  const { settings, rotate } = await rotationBeside(LATE)
  await expect(rotate()).rejects.toMatchObject(refusal)
  const next = await openStore(settings(K1))
  await next.close()
})

test('but leaves the key noted where a replica seals with it', async () => {
  const { rotate, noted } = await rotationBeside(LATE, { name: 'web-2:7', id: 'b', keys: ['k2', 'k1'] })
  await expect(rotate()).rejects.toMatchObject(refusal)
  expect(await noted()).toEqual(['k1', 'k2'])
})

test('and where somebody else has noted it before', async () => {
  const { settings, rotate, noted } = await rotationBeside(LATE)
  const other = await openStore(settings(K2, K1))
  await other.close()
  await expect(rotate()).rejects.toMatchObject(refusal)
  expect(await noted()).toEqual(['k1', 'k2'])
})
