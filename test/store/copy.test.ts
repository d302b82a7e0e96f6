import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { copier } from '../../src/store/copy.ts'
import { StoreUnusable } from '../../src/store/errors.ts'
import type { Store } from '../../src/store/port.ts'
import { openPostgresRows } from '../../src/store/postgres/index.ts'
import { openSqliteStore } from '../../src/store/sqlite/index.ts'
import { openSqliteRows } from '../../src/store/sqlite/migrate-file.ts'
import type { TableRows } from '../../src/store/table-rows.ts'
import { connected } from '../support/attempts.ts'
import { testDatabase } from '../support/postgres/test-database.ts'
import { tempDir } from '../support/temp-dir.ts'

let dir: Awaited<ReturnType<typeof tempDir>>
let target: Awaited<ReturnType<typeof testDatabase>>
let source: Store
let from: TableRows
let to: TableRows
beforeEach(async () => {
  dir = await tempDir()
  target = await testDatabase()
  source = await openSqliteStore(join(dir.path, 'wauth.db'))
  await connected(source, 'acme', 'api-key-1')
  from = await openSqliteRows(join(dir.path, 'wauth.db'))
  to = await openPostgresRows(target.url)
})
afterEach(async () => {
  await Promise.all([source.close(), from.close(), to.close()])
  await target.remove()
  await dir.remove()
})

/** @param meanwhile is done after each page */
async function copy(meanwhile = () => Promise.resolve()) {
  let copied = 0
  const copying = await copier(from, to)
  for await (const rows of copying.copy()) {
    copied += rows
    await meanwhile()
  }
  return { copied, tables: await copying.compare() }
}

test('rows that came in after a copy are taken by the next one, wherever their ids put them', async () => {
  const first = await copy()
  for (let i = 0; i < 12; i++) await connected(source, `late-${i}`, `api-key-late-${i}`)
  const second = await copy()
  expect(second.tables).toMatchObject({ connections: 13, generations: 13 })
  const all = Object.values(second.tables).reduce((sum, rows) => sum + rows)
  expect(first.copied + second.copied).toBe(all)
  expect((await copy()).copied).toBe(0)
})

test('a service that goes on writing to the source is found out, in our words', async () => {
  let late = 0
  const writing = copy(async () => {
    await connected(source, `late-${late}`, `api-key-late-${late++}`)
  })
  await expect(writing).rejects.toMatchObject({
    ...{ constructor: StoreUnusable, code: 'copy_differs' },
    hint: expect.stringContaining('Stop every service') as string,
  })
})
