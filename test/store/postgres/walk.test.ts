import { afterAll, beforeAll, expect, test } from 'vitest'
import { StoreUnavailable } from '../../../src/store/errors.ts'
import { openPostgresStore } from '../../../src/store/postgres/index.ts'
import { SEALED } from '../../../src/store/sealed-columns.ts'
import { testDatabase } from '../../support/postgres/test-database.ts'

/** A table through which every look takes three seconds, as one with a million rows may on a busy server. */
const SLOW_TABLE = `
  ALTER TABLE parked RENAME TO parked_rows;
  CREATE VIEW parked AS SELECT * FROM parked_rows WHERE (SELECT pg_sleep(3)) IS NOT NULL`

let database: Awaited<ReturnType<typeof testDatabase>>
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.remove())

test('a look through a large table takes its time; what somebody waits for does not', async () => {
  const store = await openPostgresStore(database.url)
  await database.query(SLOW_TABLE)
  const began = performance.now()
  const looks = [
    store.sealedValues.any(SEALED.parkedAnswer, []),
    store.sealedValues.count(SEALED.parkedAnswer, []),
    store.sealedValues.page(SEALED.parkedAnswer, { but: [], after: null, limit: 1 }),
  ]
  await expect(store.parked.find('somebody')).rejects.toThrow(StoreUnavailable)
  expect(await Promise.all(looks)).toEqual([false, 0, []])
  expect(performance.now() - began).toBeGreaterThan(2900)
  await store.close()
})
