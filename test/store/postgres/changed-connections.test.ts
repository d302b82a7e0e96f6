import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { after, hours, minutes } from '../../../src/shared/clock.ts'
import type { Store } from '../../../src/store/port.ts'
import { openPostgresStore } from '../../../src/store/postgres/index.ts'
import { connected, NOON } from '../../support/attempts.ts'
import { accountsSince, changedSince, settledPosition } from '../../support/changed-connections.ts'
import { testDatabase } from '../../support/postgres/test-database.ts'

let database: Awaited<ReturnType<typeof testDatabase>>
let store: Store
beforeAll(async () => {
  database = await testDatabase()
  store = await openPostgresStore(database.url)
})
afterAll(async () => {
  await store.close()
  await database.remove()
})
beforeEach(() => database.clear())

/** Another session, in a transaction that has written something before all that follows. */
async function begun() {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  onTestFinished(() => client.end())
  await client.query('BEGIN; SELECT txid_current()')
  return client
}

const refused = (account: string) =>
  `UPDATE connections SET status = 'invalid' WHERE crm_account_id = '${account}'`

test('a transaction that began earlier and commits later is not missed', async () => {
  for (const account of ['early', 'late', 'still']) await connected(store, account, `key-${account}`)
  const slow = await begun()
  await slow.query(refused('early'))
  const before = await store.connections.position()
  await connected(store, 'late', 'api-key-2')
  const meanwhile = await changedSince(store, before)
  if (!meanwhile) throw new Error('the position is not known')
  expect(meanwhile.found.map(({ crmAccountId }) => crmAccountId)).toContain('late')
  await slow.query('COMMIT')
  // What was seen already may come again.
  expect(await accountsSince(store, meanwhile.position)).toContain('early')
  const last = async () => (await changedSince(store, meanwhile.position))?.position ?? NOON
  await expect.poll(async () => accountsSince(store, await last())).toEqual([])
})

test('two that change one connection at the same time wait for nobody, and what the later one did is told', async () => {
  await connected(store, 'acme', 'api-key-1')
  await database.query(
    "INSERT INTO uploads (generation_id, status, created_at) SELECT id, 'done', 0 FROM generations",
  )
  const [slow, quick] = [await begun(), await begun()]
  await slow.query(refused('acme'))
  await quick.query("UPDATE uploads SET status = 'failed', reason = 'not_open'; COMMIT")
  const between = await store.connections.position()
  await slow.query('COMMIT')
  const changed = await changedSince(store, between)
  expect(changed?.found.at(-1)).toMatchObject({ status: 'invalid', warning: 'not_open' })
})

test('a moment is one of the database’s clock, and a little before it is taken along', async () => {
  await database.setTime(NOON)
  await connected(store, 'earlier', 'api-key-1')
  await database.setTime(after(NOON, hours(1)))
  await connected(store, 'later', 'api-key-2')
  expect(await accountsSince(store, after(NOON, minutes(30)))).toEqual(['later'])
  expect(await accountsSince(store, after(NOON, 1))).toEqual(['earlier', 'later'])
  expect(await accountsSince(store, after(NOON, hours(1) + minutes(2)))).toEqual(['earlier', 'later'])
  await database.setTime(after(NOON, hours(2)))
  expect(await accountsSince(store, after(NOON, hours(1) + minutes(2)))).toEqual([])
})

test('a clock that goes back, and one that is set right later, makes a moment miss nothing', async () => {
  await database.setTime(NOON)
  await connected(store, 'before', 'api-key-1')
  await database.setTime(after(NOON, -hours(1)))
  await connected(store, 'meanwhile', 'api-key-2', 'another-one')
  // Who asks has a right clock: it is later than the database has ever been.
  expect(await accountsSince(store, after(NOON, minutes(2)))).toContain('meanwhile')
  await database.setTime(after(NOON, minutes(30)))
  await connected(store, 'after', 'api-key-3', 'a-third-one')
  expect(await accountsSince(store, after(NOON, minutes(2)))).toEqual(['after', 'meanwhile'])
  expect(await accountsSince(store, after(NOON, minutes(29)))).toContain('after')
})

test('a copy within the server, and rows that were brought by hand, know no position of the original', async () => {
  await connected(store, 'acme', 'api-key-1')
  const position = await settledPosition(store)
  // As a logical copy does it: the same row, written by another transaction.
  await database.query(
    'CREATE TABLE kept AS TABLE epochs; TRUNCATE epochs; INSERT INTO epochs TABLE kept; DROP TABLE kept',
  )
  expect(await accountsSince(store, position)).toBeNull()
  // A cluster that has numbered further than this one is no reason to tell the same again and again, but may be asked by time.
  await database.query('UPDATE changes SET number = number + 1000000000')
  const here = await settledPosition(store)
  expect(await accountsSince(store, new Date())).toEqual(['acme'])
  await connected(store, 'acme', 'api-key-2')
  expect((await changedSince(store, here))?.found).toMatchObject([{ crmAccountId: 'acme', generation: 2 }])
})
