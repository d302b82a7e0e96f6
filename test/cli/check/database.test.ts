import { afterEach, beforeEach, expect, test } from 'vitest'
import { filledDatabase, type FilledDatabase } from '../../support/filled-database.ts'
import { testDatabase } from '../../support/postgres/test-database.ts'
import { connected } from '../../support/attempts.ts'
import { openStore } from '../../../src/store/index.ts'
import { wauth } from '../../support/wauth-command.ts'
import { eachOfFirst } from '../../support/long.ts'

/** What `wauth check` says of a PostgreSQL database; of an SQLite file it is asked in `check.test.ts`. */
let at: FilledDatabase
let database: Awaited<ReturnType<typeof testDatabase>>
beforeEach(async () => {
  at = await filledDatabase(() => Promise.resolve())
})
afterEach(async () => {
  await database.remove()
  await at.remove()
})

interface Told {
  checks: { name: string; status: string; says: string; next: string }[]
}

async function check(url = database.url) {
  const { code, stdout } = await wauth(['check', '--offline', '--json'], {
    env: { ...at.env, DATABASE_URL: url },
  })
  const { checks } = JSON.parse(stdout) as Told
  return { code, stdout, line: (name: string) => checks.find((one) => one.name === name) }
}

test('one that a service uses: passes, and the keys open what lies in it', async () => {
  database = await testDatabase()
  const store = await openStore(at.settings({ DATABASE_URL: database.url }))
  await connected(store, 'acme', 'api-key-1')
  await store.close()
  const { code, line } = await check()
  expect(code).toBe(0)
  expect(line('database')).toMatchObject({ status: 'pass' })
  expect(line('key-ring')).toMatchObject({ status: 'pass' })
})

test('one that was not migrated, and then one of a newer version', async () => {
  database = await testDatabase({ empty: true })
  expect((await check()).line('database')).toMatchObject({
    ...{ status: 'warning', says: expect.stringContaining('001.do.initial.sql') as string },
    next: expect.stringContaining('wauth migrate') as string,
  })
  expect(await database.query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'")).toEqual([])
  expect((await wauth(['migrate'], { env: { ...at.env, DATABASE_URL: database.url } })).code).toBe(0)
  await database.query("INSERT INTO migrations (version, name, md5) VALUES (999, 'later', 'x')")
  expect((await check()).line('database')).toMatchObject({
    ...{ status: 'failure', says: expect.stringContaining('newer version') as string },
  })
})

eachOfFirst(1)([60, -60])(
  'one whose clock differs by %i s: a warning, and the exit code stays 0',
  async (by) => {
    database = await testDatabase()
    expect((await check()).line('database-clock')).toMatchObject({ status: 'pass' })
    await database.moveTime(by * 1000)
    const { code, line } = await check()
    expect(code).toBe(0)
    expect(line('database-clock')).toMatchObject({
      ...{
        status: 'warning',
        says: expect.stringMatching(by > 0 ? /^this.* behind/ : /^this.* ahead of/) as string,
      },
      next: expect.stringContaining('NTP') as string,
    })
  },
)

test('one that may not be written to, and a server that is not there', async () => {
  database = await testDatabase()
  const { pathname } = new URL(database.url)
  await database.query(`ALTER DATABASE ${pathname.slice(1)} SET default_transaction_read_only = on`)
  const found = await check()
  expect(found.code).toBe(1)
  expect(found.line('database')).toMatchObject({
    ...{ status: 'failure', says: expect.stringContaining('nothing can be written') as string },
    next: expect.stringContaining('standby') as string,
  })
  const nobody = await check(database.url.replace(/:\d+\//, ':9/').replace(':wauth@', ':canary@'))
  expect(nobody.line('database')).toMatchObject({
    ...{ status: 'failure', says: expect.stringContaining('ECONNREFUSED') as string },
  })
  expect(nobody.stdout).not.toContain('canary')
})
