import { expect, onTestFinished, test } from 'vitest'
import { encryptionKeys } from '../../../src/config/fields/encryption-keys.ts'
import { supportIdOf } from '../../../src/shared/support-id.ts'
import { openStore } from '../../../src/store/index.ts'
import { connected } from '../../support/attempts.ts'
import { databaseFor } from '../../support/database-for.ts'
import { newKey } from '../../support/filled-database.ts'
import { tempDir } from '../../support/temp-dir.ts'

/** As after an update from a release that knows no support ids: so many attempts, and none has one. */
async function nameless(count: number) {
  const dir = await tempDir()
  const database = await databaseFor(dir.path)
  const keys = encryptionKeys().parse(newKey('k1'))
  const store = await openStore({ database: database.address, encryptionKeys: keys }, database.time)
  onTestFinished(async () => {
    await store.close()
    await database.remove()
    await dir.remove()
  })
  const { attemptId } = await connected(store, 'acme', 'api-key-1')
  await database.order(`
    INSERT INTO attempts (id, state_hash, browser_hash, status, created_at, expires_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
    SELECT 'n' || (${10 * count} + i), 'hash', 'hash', 'arrived', i, i FROM n`)
  await database.order('UPDATE attempts SET support_id = NULL')
  await database.order('UPDATE exchanges SET support_id = NULL')
  return { store, attemptId, database, idOf: (i: number) => `n${10 * count + i}` }
}

test('each of very many attempts is found before the clean-up has given it a support id', async () => {
  const { store, idOf } = await nameless(5000)
  for (const i of [1, 2001, 5000]) {
    const found = await store.support.find(supportIdOf(idOf(i)))
    expect(found).toMatchObject({ attempt: { status: 'arrived', createdAt: new Date(i) } })
  }
  expect(await store.support.find(supportIdOf('nobody'))).toBeNull()
})

test('an exchange without a support id is found when its attempt is erased, and changes nothing', async () => {
  const { store, attemptId, database } = await nameless(1)
  await database.order(`DELETE FROM attempts WHERE id = '${attemptId}'`)
  const before = await database.fingerprint()
  expect(await store.support.find(supportIdOf(attemptId))).toMatchObject({
    attempt: null,
    exchange: { crmAccountId: 'acme', status: 'connected' },
  })
  expect(await database.fingerprint()).toBe(before)
})
