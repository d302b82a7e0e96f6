import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tryEveryValue } from '../../src/store/index.ts'
import { connected } from '../support/attempts.ts'
import { filledDatabase, newKey, type FilledDatabase } from '../support/filled-database.ts'

let database: FilledDatabase
beforeAll(async () => {
  database = await filledDatabase(async (store) => {
    for (const account of ['acme', 'nordwind']) await connected(store, account, `key-of-${account}`)
  })
})
afterAll(() => database.remove())

test('every sealed value opens; one that was changed, or needs another key, is told with its row', async () => {
  const good = await tryEveryValue(database.settings())
  expect(good.opened).toBeGreaterThanOrEqual(4)
  expect(good.closed).toEqual([])

  const file = new Database(database.path)
  const [row] = file.prepare<[], { id: string }>('SELECT id FROM generations ORDER BY id').all()
  file.prepare("UPDATE generations SET api_key_sealed = api_key_sealed || 'x' WHERE id = ?").run(row?.id)
  file.close()
  const { opened, closed } = await tryEveryValue(database.settings())
  expect(opened).toBe(good.opened - 1)
  expect(closed).toEqual([{ code: 'seal_malformed', table: 'generations', row: row?.id }])

  const other = await tryEveryValue(database.settings({ ENCRYPTION_KEYS: newKey('other') }))
  expect(other.opened).toBe(0)
  expect(other.closed.map(({ code }) => code)).toContain('seal_unknown_key')
})
