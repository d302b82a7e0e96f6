import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openPostgresKeys, openPostgresStore } from '../../../src/store/postgres/index.ts'
import { migratePostgres, planPostgres } from '../../../src/store/postgres/migrate.ts'
import { migrationNames } from '../../support/migration-names.ts'
import { NO_PGBOUNCER, pgbouncer, startPgbouncer } from '../../support/pgbouncer.ts'
import { testDatabase } from '../../support/postgres/test-database.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.remove())

/** A line to the server of this database that counts who is on it. */
async function countedLine() {
  const { hostname, port } = new URL(database.url)
  const counts = { now: 0, most: 0 }
  const line = createServer((near) => {
    counts.now += 1
    counts.most = Math.max(counts.most, counts.now)
    const far = connect(Number(port), hostname)
    near.pipe(far).pipe(near)
    for (const end of [near, far]) end.on('error', () => [near, far].map((one) => one.destroy()))
    near.once('close', () => {
      counts.now -= 1
      far.destroy()
    })
  })
  line.listen(0, '127.0.0.1')
  await once(line, 'listening')
  onTestFinished(() => {
    line.close()
  })
  const url = new URL(database.url)
  url.port = String((line.address() as AddressInfo).port)
  return { url: url.href, counts }
}

test.each([
  ['a look-up of keys', openPostgresKeys, 2],
  ['a service', openPostgresStore, 4],
])(
  '%s has one connection when it has been opened, and never more than it needs',
  async (_what, open, most) => {
    const { url, counts } = await countedLine()
    const opened = await open(url)
    expect(counts).toEqual({ now: 1, most })
    await opened.close()
  },
)

test('a command opens two connections to see that sessions are kept', async () => {
  const { url, counts } = await countedLine()
  expect(await planPostgres(url)).toEqual([])
  expect(counts.most).toBe(2)
})

describe.skipIf(!pgbouncer)(pgbouncer ? 'behind PgBouncer' : NO_PGBOUNCER, () => {
  async function migratedThrough(settings: Record<string, string>) {
    const empty = await testDatabase({ empty: true })
    const pooler = await startPgbouncer(empty.url, settings)
    onTestFinished(async () => {
      await pooler.remove()
      await empty.remove()
    })
    expect(await migratePostgres(pooler.url)).toEqual(migrationNames('postgres'))
    return pooler.url
  }

  test.each(['1', '2'])(
    'that takes no more than %s clients, a migration goes through',
    async (max_client_conn) => {
      const url = await migratedThrough({ max_client_conn })
      expect(await planPostgres(url)).toEqual([])
    },
  )

  test.each(['1', '2'])(
    'that has %s places, nobody waits two seconds for another',
    async (default_pool_size) => {
      const url = await migratedThrough({ default_pool_size })
      const began = performance.now()
      const keys = await openPostgresKeys(url)
      expect(performance.now() - began).toBeLessThan(2000)
      await keys.close()
    },
  )

  test('that gives sessions away between transactions, a command is told so, whoever else asks meanwhile', async () => {
    const pooler = await startPgbouncer(database.url, { pool_mode: 'transaction' })
    let busy = true
    const others = Array.from({ length: 6 }, async () => {
      const client = new pg.Client({ connectionString: pooler.url })
      await client.connect()
      while (busy) {
        await client.query('SELECT 1')
        await pause(Math.random() * 3)
      }
      await client.end()
    })
    onTestFinished(async () => {
      busy = false
      await Promise.all(others)
      await pooler.remove()
    })
    for (let times = 0; times < 30; times++) {
      await expect(planPostgres(pooler.url)).rejects.toMatchObject({ code: 'pooler_keeps_no_sessions' })
    }
  })
})

test('somebody who migrates beside it ends the sessions of replicas, and not the check', async () => {
  const empty = await testDatabase({ empty: true })
  onTestFinished(async () => {
    await empty.remove()
  })
  const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'wauth' AND pid <> pg_backend_pid()`
  const migrating = { now: true }
  const ending = (async () => {
    while (migrating.now) await empty.query(end)
  })()
  const applied = await migratePostgres(empty.url).finally(() => (migrating.now = false))
  await ending
  expect(applied).toEqual(migrationNames('postgres'))
})
