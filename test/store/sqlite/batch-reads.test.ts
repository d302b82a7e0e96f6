import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StoreUnavailable } from '../../../src/store/errors.ts'
import { readEach, batchReads } from '../../../src/store/sqlite/batch-reads.ts'
import { tempDir } from '../../support/temp-dir.ts'

let [db, other]: Database.Database[] = []
let folder: Awaited<ReturnType<typeof tempDir>>
let reads = 0

beforeEach(async () => {
  folder = await tempDir()
  const path = join(folder.path, 'wauth.db')
  db = new Database(path)
  db.pragma('journal_mode = WAL')
  db.exec("CREATE TABLE keys (name TEXT PRIMARY KEY); INSERT INTO keys VALUES ('a'), ('b')")
  other = new Database(path, { timeout: 0 })
  reads = 0
})
afterEach(async () => {
  db?.close()
  other?.close()
  await folder.remove()
})

function open() {
  if (!db || !other) throw new Error('no database')
  const select = db.prepare<[string], { name: string }>(
    'SELECT name FROM keys WHERE name IN (SELECT value FROM json_each(?))',
  )
  const find = (names: readonly string[]) => {
    reads += 1
    if (names.includes('damaged')) throw new Error('this one is damaged')
    const found = select.all(JSON.stringify(names)).map(({ name }) => name)
    return names.map((name) => (found.includes(name) ? name : null))
  }
  return { db, other, find }
}

describe('questions of one turn', () => {
  test('are each told their own, in one read', async () => {
    const { db, find } = open()
    const ask = batchReads(db, find)
    expect(await Promise.all([ask('a'), ask('c'), ask('b')])).toEqual(['a', null, 'b'])
    expect(reads).toBe(1)
  })

  test('see what was committed before they were asked, by whomever', async () => {
    const { db, other, find } = open()
    const ask = batchReads(db, find)
    const first = ask('a')
    other.exec("DELETE FROM keys WHERE name = 'b'")
    const second = ask('b')
    db.exec("DELETE FROM keys WHERE name = 'a'")
    const third = ask('a')
    expect(await Promise.all([second, third])).toEqual([null, null])
    // Asked before, it may have either answer.
    expect(['a', null]).toContain(await first)
  })

  test('leave nothing open: the log can be emptied behind them, and others can write', async () => {
    const { db, other, find } = open()
    const ask = batchReads(db, find)
    await Promise.all([ask('a'), ask('b')])
    other.exec("INSERT INTO keys VALUES ('c')")
    expect(other.pragma('wal_checkpoint(TRUNCATE)')).toMatchObject([{ busy: 0 }])
    expect(await ask('c')).toBe('c')
  })

  test('do not suffer from one that fails', async () => {
    const { db, find } = open()
    const ask = batchReads(db, find)
    const [good, bad] = await Promise.allSettled([ask('a'), ask('damaged')])
    expect(good).toEqual({ status: 'fulfilled', value: 'a' })
    expect(bad).toMatchObject({ status: 'rejected', reason: new Error('this one is damaged') })
    expect(db.inTransaction).toBe(false)
    expect(await ask('b')).toBe('b')
  })

  test('are each told that the database is gone', async () => {
    const { db, find } = open()
    const ask = batchReads(db, find)
    const asked = [ask('a'), ask('b')]
    db.close()
    for (const one of asked) await expect(one).rejects.toThrow(StoreUnavailable)
  })
})

test('a question alone is answered without waiting for the turn to end', async () => {
  const { db, find } = open()
  const order: string[] = []
  const turn = nextTurn().then(() => order.push('turn'))
  await readEach(db, find)('a')
  order.push('answer')
  await turn
  expect(order).toEqual(['answer', 'turn'])
})
