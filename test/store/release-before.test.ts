import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { databaseUrl } from '../../src/config/fields/database-url.ts'
import { encryptionKeys } from '../../src/config/fields/encryption-keys.ts'
import { supportIdOf } from '../../src/shared/support-id.ts'
import { openStore } from '../../src/store/index.ts'
import { migratePostgres } from '../../src/store/postgres/migrate.ts'
import { connected } from '../support/attempts.ts'
import { testDatabase } from '../support/postgres/test-database.ts'
import { isHere, load, RELEASE_BEFORE } from '../support/release-before/modules.ts'
import { tempDir } from '../support/temp-dir.ts'

const OPERATOR = { userId: 'operator', userName: 'Olga', address: '192.0.2.1' }

describe.skipIf(!isHere)(RELEASE_BEFORE, () => {
  test('what it has prepared in PostgreSQL is prepared anew when the schema changes under it', async () => {
    const { migratePostgres: migrateBefore } = await load('src/store/postgres/migrate.ts')
    const { openPostgresStore } = await load('src/store/postgres/index.ts')
    const database = await testDatabase({ empty: true })
    await migrateBefore(database.url)
    const store = await openPostgresStore(database.url)
    onTestFinished(async () => {
      await store.close()
      await database.remove()
    })
    // Each reads whole rows, on several connections of its pool.
    const askAll = () =>
      Promise.allSettled(
        [1, 2, 3, 4].flatMap(() => [store.exchanges.find('nothing'), store.connections.find('nobody')]),
      )
    await askAll()
    await migratePostgres(database.url)
    const refused = (await askAll()).filter(({ status }) => status === 'rejected')
    // A connection that is closed is told as one that was lost: nothing was done, and it may be asked again.
    for (const one of refused) expect(one).toMatchObject({ reason: { code: 'storage_unavailable' } })
    const found = await askAll()
    expect(found).toEqual(found.map(() => ({ status: 'fulfilled', value: null })))
  })

  test('its requests and a migration are not in each other’s way for long: both come to their end', async () => {
    const { migratePostgres: migrateBefore } = await load('src/store/postgres/migrate.ts')
    const database = await testDatabase({ empty: true })
    onTestFinished(async () => {
      await database.remove()
    })
    await migrateBefore(database.url)
    // A transaction that has read one table, as the migration waits for it, and then asks for one that the migration has.
    const request = await database.hold('SELECT 1 FROM uploads')
    const migrated = migratePostgres(database.url)
    await expect.poll(database.isHeld).toBe(true)
    await expect(request.query('SELECT 1 FROM exchanges')).resolves.toBeDefined()
    await request.release()
    expect(await migrated).toContain('007.do.leases.sql')
  })

  test('persons that it writes down after an erasure are erased in turn', async () => {
    const { openPostgresStore } = await load('src/store/postgres/index.ts')
    const { connected: connectedBefore } = await load('test/support/attempts.ts')
    const { migratePostgres: migrateBefore } = await load('src/store/postgres/migrate.ts')
    const database = await testDatabase({ empty: true })
    await migrateBefore(database.url)
    const before = await openPostgresStore(database.url)
    await migratePostgres(database.url)
    const store = await openStore({
      database: databaseUrl().parse(database.url),
      encryptionKeys: encryptionKeys().parse(`k1:${randomBytes(32).toString('base64')}`),
    })
    onTestFinished(async () => {
      await store.close()
      await before.close()
      await database.remove()
    })
    const end = () => store.connections.disconnect('acme', OPERATOR, new Date())
    const clean = async () => {
      while ((await store.cleanUp(new Date(), 100, { persons: 1, reads: 0 })) > 0);
    }
    const users = async () =>
      (await store.connections.persons('acme'))?.exchanges.map(({ userId }) => userId) ?? null
    await connected(store, 'acme', 'api-key-1')
    await end()
    await clean()
    expect(await users()).toEqual([])
    await connectedBefore(before, 'acme', 'api-key-2')
    await end()
    expect(await users()).toHaveLength(1)
    await clean()
    expect(await users()).toEqual([])
  })

  test('a handler that has opened the file before its schema changed finds older and newer keys', async () => {
    const { openStore: openStoreBefore } = await load('src/store/index.ts')
    const { connected: connectedBefore } = await load('test/support/attempts.ts')
    const { openKeys } = await load('src/package/keys.ts')
    const folder = await tempDir()
    const path = join(folder.path, 'wauth.db')
    const settings = {
      databaseUrl: `file:${path}`,
      encryptionKeys: `k1:${randomBytes(32).toString('base64')}`,
    }
    const [database, ring] = [
      databaseUrl().parse(settings.databaseUrl),
      encryptionKeys().parse(settings.encryptionKeys),
    ]
    const before = await openStoreBefore({ database, encryptionKeys: ring })
    const older = await connectedBefore(before, 'acme', 'api-key-1')
    await before.close()
    const handler = await openKeys(settings)
    const store = await openStore({ database, encryptionKeys: ring })
    onTestFinished(async () => {
      await store.close()
      await handler.close()
      await folder.remove()
    })
    const newer = await connected(store, 'nordwind', 'api-key-2')
    const found = await Promise.all([older, newer].map(({ crmKey }) => handler.lookup(`Bearer ${crmKey}`)))
    expect(found).toMatchObject([{ crmAccountId: 'acme' }, { crmAccountId: 'nordwind' }])
    // It wrote no support ids; they are found all the same.
    for (const [account, { attemptId }] of Object.entries({ acme: older, nordwind: newer })) {
      const record = await store.support.find(supportIdOf(attemptId))
      expect(record).toMatchObject({ exchange: { crmAccountId: account }, attempt: { status: 'confirmed' } })
    }
    expect(found.map((connection) => connection?.apiKey())).toEqual(['api-key-1', 'api-key-2'])
    expect(await handler.lookup('Bearer nothing')).toBeNull()
  })
})
