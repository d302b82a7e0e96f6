import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newLease } from '../../../src/connect/exchange.ts'
import { systemRandom } from '../../../src/shared/random.ts'
import { StoreUnavailable, StoreUnusable } from '../../../src/store/errors.ts'
import { openPostgresStore } from '../../../src/store/postgres/index.ts'
import { inspectPostgres } from '../../../src/store/postgres/inspect.ts'
import { migratePostgres, planPostgres } from '../../../src/store/postgres/migrate.ts'
import { describeStore } from '../../contracts/store.ts'
import { describeChanges } from '../../contracts/changes.ts'
import { describeUploads } from '../../contracts/uploads.ts'
import { connected } from '../../support/attempts.ts'
import { wrongLookupsOf } from '../../support/lookups.ts'
import { migrationNames } from '../../support/migration-names.ts'
import { testDatabase } from '../../support/postgres/test-database.ts'

describe('the contract', () => {
  let database: Awaited<ReturnType<typeof testDatabase>>
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.remove())

  const open = async () => {
    await database.clear()
    const store = await openPostgresStore(database.url)
    return {
      ...{ store, setTime: database.setTime },
      async close() {
        await store.close()
        // Whatever a test has done to keys and connections, look-ups tell it.
        expect(await wrongLookupsOf(database)).toEqual([])
      },
    }
  }
  describeStore('postgres', open)
  describeUploads('postgres', open)
  describeChanges('postgres', open)
})

const FILES = migrationNames('postgres')

describe('the PostgreSQL engine', () => {
  let database: Awaited<ReturnType<typeof testDatabase>>
  beforeEach(async () => {
    database = await testDatabase({ empty: true })
  })
  afterEach(() => database.remove())

  test('does not start before it was migrated, and says how', async () => {
    await expect(openPostgresStore(database.url)).rejects.toMatchObject({
      ...{ constructor: StoreUnusable, code: 'database_not_migrated' },
      hint: expect.stringContaining('wauth migrate') as string,
    })
    expect(await planPostgres(database.url)).toEqual(FILES)
    expect(await inspectPostgres(database.url)).toMatchObject({ kind: 'found', pending: FILES, unknown: 0 })
  })

  test('ten that migrate at once apply each migration once', async () => {
    const runs = await Promise.all(Array.from({ length: 10 }, () => migratePostgres(database.url)))
    expect(runs.flat()).toEqual(FILES)
    const rows = await database.query('SELECT version FROM migrations WHERE version > 0 ORDER BY version')
    expect(rows.map(({ version }) => Number(version))).toEqual(FILES.map((name) => Number.parseInt(name, 10)))
    const store = await openPostgresStore(database.url)
    await expect(store.ping()).resolves.toBeUndefined()
    await store.close()
  })

  test('refuses a database that a newer version has migrated', async () => {
    await migratePostgres(database.url)
    await database.query("INSERT INTO migrations (version, name, md5) VALUES (999, 'later', 'x')")
    const refused = { constructor: StoreUnusable, code: 'database_newer' }
    await expect(openPostgresStore(database.url)).rejects.toMatchObject(refused)
    await expect(migratePostgres(database.url)).rejects.toMatchObject(refused)
  })

  test('the audit trail can be appended to, not changed', async () => {
    await migratePostgres(database.url)
    const store = await openPostgresStore(database.url)
    await connected(store, 'acme', 'api-key-1')
    await store.close()
    await expect(database.query("UPDATE audit SET action = 'x'")).rejects.toThrow('append-only')
    await expect(database.query('DELETE FROM audit')).rejects.toThrow('append-only')
  })

  test('killed connections are replaced: what comes next is served', async () => {
    await migratePostgres(database.url)
    const store = await openPostgresStore(database.url)
    await store.ping()
    await database.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    )
    await store.ping().catch((error: unknown) => {
      expect(error).toBeInstanceOf(StoreUnavailable)
    })
    await expect(store.ping()).resolves.toBeUndefined()
    await store.close()
  })

  test('a table that is held: unavailable within 5 seconds, and served again afterwards', async () => {
    await migratePostgres(database.url)
    const store = await openPostgresStore(database.url)
    const held = database.query('BEGIN; LOCK TABLE claims; SELECT pg_sleep(6); COMMIT')
    await expect.poll(database.isHeld).toBe(true)
    const began = performance.now()
    await expect(store.claims.claim('a', 0)).rejects.toBeInstanceOf(StoreUnavailable)
    expect(performance.now() - began).toBeLessThan(5000)
    await held
    expect(await store.claims.claim('a', 0)).toBe(true)
    await store.close()
  })

  test('many that wait for the one lock leave connections to those who look keys up', async () => {
    await migratePostgres(database.url)
    const store = await openPostgresStore(database.url)
    const holder = new pg.Client({ connectionString: database.url })
    await holder.connect()
    await holder.query('SELECT pg_advisory_lock(8236401)')
    let settled = 0
    const waiting = Array.from({ length: 40 }, () =>
      store.exchanges.reclaim('nobody', newLease(systemRandom)).then(
        () => settled++,
        (error: unknown) => {
          settled++
          expect(error).toBeInstanceOf(StoreUnavailable)
        },
      ),
    )
    expect(await store.keys.current('acme')).toBeNull()
    expect(settled).toBe(0)
    await holder.end()
    await Promise.all(waiting)
    await store.close()
  })

  test('a database that can only be read is not ready, though keys are looked up in it', async () => {
    await migratePostgres(database.url)
    const store = await openPostgresStore(database.url)
    await store.ping()
    const { pathname } = new URL(database.url)
    await database.query(`ALTER DATABASE ${pathname.slice(1)} SET default_transaction_read_only = on`)
    await database.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    )
    await expect
      .poll(() => store.ping().catch((error: unknown) => String(error)))
      .toContain('can only be read')
    expect(await store.keys.current('acme')).toBeNull()
    await store.close()
  })

  test('does not start where it may not write, and says what to change', async () => {
    await migratePostgres(database.url)
    const { pathname } = new URL(database.url)
    const as = new URL(database.url)
    as.username = `reader_${pathname.slice(1)}`
    await database.query(`CREATE ROLE ${as.username} LOGIN PASSWORD 'wauth';
      GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${as.username}`)
    await expect(openPostgresStore(as.href)).rejects.toMatchObject({
      ...{ constructor: StoreUnusable, code: 'database_cannot_open' },
      hint: expect.stringContaining('GRANT') as string,
    })
    await database.query(`DROP OWNED BY ${as.username}; DROP ROLE ${as.username};
      ALTER DATABASE ${pathname.slice(1)} SET default_transaction_read_only = on`)
    await expect(openPostgresStore(database.url)).rejects.toMatchObject({
      ...{ constructor: StoreUnusable, code: 'database_cannot_open' },
      hint: expect.stringContaining('default_transaction_read_only') as string,
    })
  })

  test('a migration of a database that may only be read names that, and is not said to be out of reach', async () => {
    const { pathname } = new URL(database.url)
    await database.query(`ALTER DATABASE ${pathname.slice(1)} SET default_transaction_read_only = on`)
    await expect(migratePostgres(database.url)).rejects.toMatchObject({
      ...{ constructor: StoreUnusable, code: 'migration_failed' },
      hint: expect.stringContaining('default_transaction_read_only') as string,
    })
  })

  test('no server: unavailable, not a crash', async () => {
    const nobody = database.url.replace(/:\d+\//, ':9/')
    await expect(openPostgresStore(nobody)).rejects.toMatchObject({
      ...{ constructor: StoreUnavailable, code: 'database_unreachable' },
    })
    expect(await inspectPostgres(nobody)).toMatchObject({ kind: 'unusable', code: 'ECONNREFUSED' })
  })

  test('a wrong password is no passing trouble, and is not repeated in the error', async () => {
    const wrong = database.url.replace('wauth:wauth@', 'wauth:canary@')
    const error: unknown = await openPostgresStore(wrong).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ constructor: StoreUnusable, code: 'database_cannot_open' })
    expect(String(error)).not.toContain('canary')
  })
})
