import { expect, onTestFinished, test } from 'vitest'
import { after, hours } from '../../../src/shared/clock.ts'
import { openPostgresStore } from '../../../src/store/postgres/index.ts'
import { newAttempt, NOON } from '../../support/attempts.ts'
import { testDatabase } from '../../support/postgres/test-database.ts'

/** A store whose `attempts` was full and is empty: it has a page, and no row that is known of. */
async function emptied() {
  const database = await testDatabase()
  const store = await openPostgresStore(database.url)
  onTestFinished(async () => {
    await store.close()
    await database.remove()
  })
  const openSome = async () => {
    for (let i = 0; i < 5; i++) await store.attempts.open(newAttempt())
  }
  await database.setTime(NOON)
  await openSome()
  await database.query('DELETE FROM attempts; ANALYZE attempts')
  await openSome()
  return { database, store }
}

test('a batch of the clean-up is no larger than it may be, also where PostgreSQL takes the table for an empty one', async () => {
  const { database, store } = await emptied()
  const later = after(NOON, hours(1))
  await database.setTime(later)
  const batches = [
    await store.cleanUp(later, 2),
    await store.cleanUp(later, 2),
    await store.cleanUp(later, 2),
  ]
  expect(batches).toEqual([2, 2, 1])
})

test('an arrival takes the place of one other, also there', async () => {
  const { database, store } = await emptied()
  expect(await store.attempts.open(newAttempt(), 5)).toBe('opened')
  expect(await database.query('SELECT count(*)::int AS n FROM attempts')).toEqual([{ n: 5 }])
})
