import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSqliteStore } from '../../../src/store/sqlite/index.ts'
import { inspectSqlite } from '../../../src/store/sqlite/inspect.ts'
import { tempDir } from '../../support/temp-dir.ts'

let folder: Awaited<ReturnType<typeof tempDir>>
let path: string
beforeEach(async () => {
  folder = await tempDir()
  path = join(folder.path, 'wauth.db')
})
afterEach(() => folder.remove())

test('a database that is not there is not made', () => {
  expect(inspectSqlite(path)).toEqual({ kind: 'missing', folder: 'writable' })
  expect(inspectSqlite(join(folder.path, 'no/where.db'))).toEqual({ kind: 'missing', folder: 'missing' })
  expect(existsSync(path)).toBe(false)
})

test('an empty one is not migrated, and what is pending is named', () => {
  new Database(path).exec('CREATE TABLE other (a)').close()
  expect(inspectSqlite(path)).toMatchObject({ kind: 'found', readOnly: null, account: null, sealingKeys: [] })
  expect(inspectSqlite(path)).toMatchObject({
    pending: expect.arrayContaining(['001.do.initial.sql']) as string[],
  })
})

test('one of the service is writable and complete, also while the service has it open', async () => {
  const store = await openSqliteStore(path)
  await store.sealingKeys.add({ id: 'k1', probe: 'sealed' })
  expect(inspectSqlite(path)).toEqual({
    ...{ kind: 'found', readOnly: null, pending: [], unknown: 0, account: null },
    sealingKeys: [{ id: 'k1', probe: 'sealed' }],
  })
  await store.close()
})

test('one that somebody writes to, and one that is none', async () => {
  const store = await openSqliteStore(path)
  const writer = new Database(path)
  writer.exec('BEGIN IMMEDIATE')
  expect(inspectSqlite(path)).toMatchObject({ kind: 'found', readOnly: 'SQLITE_BUSY' })
  writer.close()
  await store.close()
  const other = join(folder.path, 'other.db')
  await writeFile(other, 'not a database at all, but long enough to be one '.repeat(50))
  expect(inspectSqlite(other)).toEqual({ kind: 'unusable', code: 'SQLITE_NOTADB' })
})
