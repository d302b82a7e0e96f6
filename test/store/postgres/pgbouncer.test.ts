import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { StoreUnavailable, StoreUnusable } from '../../../src/store/errors.ts'
import { openPostgresStore } from '../../../src/store/postgres/index.ts'
import { inspectPostgres } from '../../../src/store/postgres/inspect.ts'
import { migratePostgres, planPostgres } from '../../../src/store/postgres/migrate.ts'
import { migrationNames } from '../../support/migration-names.ts'
import { NO_PGBOUNCER, pgbouncer, startPgbouncer } from '../../support/pgbouncer.ts'
import { testDatabase } from '../../support/postgres/test-database.ts'

describe.skipIf(!pgbouncer)(pgbouncer ? 'through PgBouncer' : NO_PGBOUNCER, () => {
  let database: Awaited<ReturnType<typeof testDatabase>>
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database.remove())

  async function pooler(settings: Record<string, string> = {}, url = database.url) {
    const started = await startPgbouncer(url, settings)
    onTestFinished(() => started.remove())
    return started
  }

  async function opened(url: string) {
    const store = await openPostgresStore(url)
    onTestFinished(() => store.close())
    return store
  }

  test('as its package sets it up, an empty database is migrated and then used', async () => {
    const empty = await testDatabase({ empty: true })
    const { url } = await pooler({}, empty.url)
    expect(await planPostgres(url)).toEqual(migrationNames('postgres'))
    expect(await migratePostgres(url)).toEqual(migrationNames('postgres'))
    const store = await openPostgresStore(url)
    await store.ping()
    expect(await inspectPostgres(url)).toMatchObject({ kind: 'found', readOnly: null, pending: [] })
    await store.close()
    await empty.remove()
  })

  async function expectDeadlines(settings: Record<string, string>) {
    const store = await opened((await pooler(settings)).url)
    const holding = await database.hold('LOCK TABLE claims')
    const began = performance.now()
    const waiting = expect(store.claims.claim('a', 0)).rejects.toBeInstanceOf(StoreUnavailable)
    await holding.somebodyWaits()
    await waiting
    expect(performance.now() - began).toBeLessThan(5000)
    // The server itself has given up: nothing of the claim is left waiting there.
    expect(await database.isWaitedFor()).toBe(false)
    await holding.release()
  }

  test('the deadlines hold: a held table is answered within 5 seconds', () => expectDeadlines({}))

  const IGNORING = {
    ignore_startup_parameters: 'statement_timeout,lock_timeout,idle_in_transaction_session_timeout',
  }

  test('they hold also where it was told to ignore time-outs', { tags: ['long'] }, () =>
    expectDeadlines(IGNORING),
  )

  test('that hands connections on as their last user left them, each start works', async () => {
    const { url } = await pooler({ server_reset_query: '' })
    for (const start of ['the first', 'the second']) {
      const store = await openPostgresStore(url)
      expect(await store.keys.current('acme'), start).toBeNull()
      await store.ping()
      await store.close()
    }
  })

  test('that was restarted: unavailable meanwhile, then served again', async () => {
    const { url, start, stop } = await pooler()
    const store = await opened(url)
    await stop()
    await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailable)
    await start()
    await expect(store.ping()).resolves.toBeUndefined()
  })

  const KEEPS_NONE = {
    ...{ constructor: StoreUnusable, code: 'pooler_keeps_no_sessions' },
    hint: expect.stringContaining('pool_mode=session') as string,
  }

  test.each([
    ['transaction', {}],
    ['transaction', { server_round_robin: '1', min_pool_size: '4' }],
    ['transaction', { default_pool_size: '1' }],
    ['transaction', IGNORING],
    ['statement', {}],
  ])('in %s mode (%j) it is told by its name', async (pool_mode, settings) => {
    const { url } = await pooler({ pool_mode, ...settings })
    await expect(openPostgresStore(url)).rejects.toMatchObject(KEEPS_NONE)
    await expect(migratePostgres(url)).rejects.toMatchObject(KEEPS_NONE)
    expect(await inspectPostgres(url)).toMatchObject({ kind: 'unusable', code: 'pooler_keeps_no_sessions' })
  })

  test('set to transaction mode under a running service, it is told by its name', async () => {
    const { url, stop, start, set } = await pooler()
    const store = await opened(url)
    await stop()
    await set({ pool_mode: 'transaction' })
    await start()
    const asked = () => Promise.allSettled(Array.from({ length: 10 }, () => store.keys.current('acme')))
    await asked()
    const answers = (await asked()).concat(await asked())
    const codes = answers.map((one) => one.status === 'rejected' && (one.reason as { code: string }).code)
    expect(codes).toContain('pooler_keeps_no_sessions')
  })

  test('what it refuses is for somebody to mend, and stands in the error in its own words', async () => {
    const { url } = await pooler()
    await expect(openPostgresStore(`${url}?options=-c%20search_path%3Dpublic`)).rejects.toMatchObject({
      ...{ constructor: StoreUnusable, code: 'database_cannot_open' },
      message: expect.stringContaining('08P01: unsupported startup parameter') as string,
      hint: expect.stringContaining('pooler') as string,
    })
  })

  test('one that has no place left passes, and is not said to be out of reach', async () => {
    const { url } = await pooler({ max_client_conn: '0' })
    await expect(openPostgresStore(url)).rejects.toMatchObject({
      ...{ constructor: StoreUnavailable, code: 'storage_unavailable' },
      message: expect.stringContaining('max_client_conn') as string,
    })
  })

  test(
    'without a free connection it is waited for in vain, and not for long',
    { tags: ['long'] },
    async () => {
      const { url } = await pooler({ default_pool_size: '1' })
      const store = await opened(url)
      await store.ping()
      await expect(openPostgresStore(url)).rejects.toMatchObject({
        ...{ constructor: StoreUnavailable, message: expect.stringContaining('in time') as string },
      })
      const began = performance.now()
      const both = await Promise.allSettled([store.ping(), store.ping()])
      expect(performance.now() - began).toBeLessThan(5000)
      expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    },
  )
})
