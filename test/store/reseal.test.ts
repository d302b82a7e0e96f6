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

test('a replica without the key that starts just as the key is noted is seen before a value is changed', async () => {
  const folder = await tempDir()
  const database = await databaseFor(folder.path)
  const [k1, k2] = [newKey('k1'), newKey('k2')]
  const settings = (...keys: string[]) => ({
    database: database.address,
    encryptionKeys: encryptionKeys().parse(keys.join(',')),
  })
  const store = await openStore(settings(k1))
  onTestFinished(async () => {
    await store.close()
    await database.remove()
    await folder.remove()
  })
  const { crmKey } = await connected(store, 'acme', 'api-key-1')
  const late: ReplicaKeys = { name: 'web-1:7', id: 'a', keys: ['k1'] }
  const sealingKeys: typeof store.sealingKeys = {
    ...store.sealingKeys,
    async add(key) {
      await store.sealingKeys.announce(late)
      await store.sealingKeys.add(key)
    },
  }
  const ring = createKeyRing(settings(k2, k1).encryptionKeys.reveal())
  const rotation = resealer({ ...store, sealingKeys }, ring, createSealer(ring))
  await expect(rotation.reseal()[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'encryption_key_not_everywhere',
    message: expect.stringContaining('web-1:7') as string,
  })
  expect(await openedKey(store, crmKey)).toMatchObject({ apiKey: 'api-key-1' })
})
