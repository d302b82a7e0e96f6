import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { ResolvedKey } from '../../../src/store/key.ts'
import { openSqliteStore } from '../../../src/store/sqlite/index.ts'
import { rememberKeys, type FoundKey } from '../../../src/store/sqlite/remember-keys.ts'
import { OPERATOR } from '../../contracts/store-lifecycle.ts'
import { connected, NOON } from '../../support/attempts.ts'
import { tempDir } from '../../support/temp-dir.ts'

let path = ''
beforeEach(async () => {
  const folder = await tempDir()
  path = join(folder.path, 'wauth.db')
  const store = await openSqliteStore(path)
  onTestFinished(() => folder.remove())
  onTestFinished(() => store.close())
})

const openAnother = () => {
  const db = new Database(path)
  onTestFinished(() => void db.close())
  return db
}

const keyOf = (crmKeyHash: string): ResolvedKey => ({
  ...{ connectionId: 'c', generationId: 'g', crmAccountId: crmKeyHash, generation: 1, apiKey: () => null },
  ...{ crmAccountName: 'Acme', wazzupAccountId: null, keyStatus: 'current' },
})

/** Remembers what a search finds, and tells what was searched for. */
function remembering({ lasts = true, most = 10 } = {}) {
  const searched: string[] = []
  const search = (hashes: readonly string[]) => {
    searched.push(...hashes)
    return hashes.map((hash): FoundKey | null => (hash === 'unknown' ? null : { key: keyOf(hash), lasts }))
  }
  return { find: rememberKeys(openAnother(), search, most), searched }
}

describe('a key that was found', () => {
  test('is not searched for again, and others beside it are', () => {
    const { find, searched } = remembering()
    find(['a'])
    expect(find(['b', 'a', 'unknown', 'c']).map((key) => key?.crmAccountId)).toEqual([
      'b',
      'a',
      undefined,
      'c',
    ])
    expect(searched).toEqual(['a', 'b', 'unknown', 'c'])
  })

  test('is searched for again when its grace ends by itself', () => {
    const { find, searched } = remembering({ lasts: false })
    find(['a'])
    find(['a'])
    expect(searched).toEqual(['a', 'a'])
  })

  test('makes room for those that come after it', () => {
    const { find, searched } = remembering({ most: 2 })
    for (const hash of ['a', 'b', 'c', 'b', 'a']) find([hash])
    expect(searched).toEqual(['a', 'b', 'c', 'a'])
  })

  test('is searched for each time on a database of a later release, which names no version', () => {
    const { find, searched } = remembering()
    find(['a'])
    openAnother().exec('DROP TABLE look_up_version')
    find(['a'])
    find(['a'])
    expect(searched).toEqual(['a', 'a', 'a'])
  })
})

test('a key that was not found is looked for each time: it may come', () => {
  const { find, searched } = remembering()
  find(['unknown'])
  find(['unknown'])
  expect(searched).toEqual(['unknown', 'unknown'])
})

/** Of a database with one customer. */
async function searchedOnce() {
  const store = await openSqliteStore(path)
  onTestFinished(() => store.close())
  await connected(store, 'acme', 'api-key-1')
  const one = remembering()
  one.find(['a'])
  return one
}

describe('a change by another process', () => {
  test.each([
    ...[
      ['resolves_until', '5'],
      ['status', "'ended'"],
      ['api_key_sealed', "'x'"],
      ['wazzup_account', "'x'"],
    ].map(([column, value]) => `UPDATE generations SET ${column} = ${value}`),
    ...['crm_account_id', 'crm_account_name'].map((column) => `UPDATE connections SET ${column} = 'x'`),
    'PRAGMA foreign_keys = OFF; DELETE FROM generations',
  ])('is noticed by the next look-up: %s', async (statement) => {
    const { find, searched } = await searchedOnce()
    openAnother().exec(statement)
    find(['a'])
    expect(searched).toEqual(['a', 'a'])
  })

  test('of anything else is none: what was found is still known', async () => {
    const { find, searched } = await searchedOnce()
    openAnother().exec('UPDATE connections SET probed_at = 5; DELETE FROM health_writes')
    find(['a'])
    expect(searched).toEqual(['a'])
  })

  test('that was taken back is none either', async () => {
    const { find, searched } = await searchedOnce()
    openAnother().exec("BEGIN; UPDATE generations SET status = 'ended'; ROLLBACK")
    find(['a'])
    expect(searched).toEqual(['a'])
  })
})

test('a version that was left does not come back: not by as many changes, and not with a copy of the file', async () => {
  const db = openAnother()
  const version = () => db.prepare<[], number>('SELECT version FROM look_up_version').pluck().get()
  const seen = new Set([version()])
  const store = await openSqliteStore(path)
  onTestFinished(() => store.close())
  for (const account of ['acme', 'nordwind']) {
    await connected(store, account, `key of ${account}`)
    seen.add(version())
    await store.connections.disconnect(account, OPERATOR, NOON)
    expect(seen).not.toContain(version())
    seen.add(version())
  }
  expect([...seen].every(Number.isSafeInteger)).toBe(true)
  expect(seen.size).toBe(5)
})
