import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { countByStatus } from '../../../src/store/sqlite/count-by-status.ts'

function rows(amounts: Record<string, number>) {
  const db = new Database(':memory:')
  db.exec('CREATE TABLE things (key TEXT, status TEXT); CREATE INDEX by_status ON things (status, key)')
  const add = db.prepare('INSERT INTO things VALUES (?, ?)')
  for (const [status, amount] of Object.entries(amounts)) {
    for (let n = 0; n < amount; n++) add.run(`key ${n}`, status)
  }
  return db
}

const things = { table: 'things', key: 'key', first: '', statuses: ['a', 'b', 'c', 'd'] }

test('every row is counted once, however many slices they make', async () => {
  const db = rows({ a: 12_345, b: 5000, c: 1 })
  expect(await countByStatus(db, things)()).toEqual({ a: 12_345, b: 5000, c: 1 })
  db.close()
})

test('whatever waits is served between two slices', async () => {
  const db = rows({ a: 20_000 })
  let [served, over] = [0, false]
  const serve = () => {
    served++
    if (!over) setImmediate(serve)
  }
  setImmediate(serve)
  await countByStatus(db, things)()
  over = true
  expect(served).toBeGreaterThanOrEqual(4)
  db.close()
})

test('a database that was closed meanwhile is unavailable, not a crash', async () => {
  const db = rows({ a: 20_000 })
  const counting = countByStatus(db, things)()
  db.close()
  await expect(counting).rejects.toMatchObject({ code: 'storage_unavailable' })
})
