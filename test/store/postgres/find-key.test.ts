import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { withinTransaction } from '../../../src/store/postgres/database.ts'
import { findKey } from '../../../src/store/postgres/find-key.ts'
import { testDatabase } from '../../support/postgres/test-database.ts'

test('the server plans look-ups once, and not at each of them', async () => {
  const database = await testDatabase()
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  onTestFinished(async () => {
    await client.end()
    await database.remove()
  })
  const find = findKey(withinTransaction(client))
  for (let turn = 0; turn < 20; turn++)
    await Promise.all(Array.from({ length: 1 + (turn % 3) }, (_, i) => find(`hash ${i}`)))
  const { rows } = await client.query<{ plans: number }>(
    'SELECT CAST(custom_plans AS integer) AS plans FROM pg_prepared_statements',
  )
  // The server tries five before it knows that one plan does for all.
  expect(rows).toEqual([{ plans: 5 }])
})
