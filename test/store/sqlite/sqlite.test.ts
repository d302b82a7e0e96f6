import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StoreUnavailable, StoreUnusable } from '../../../src/store/errors.ts'
import { MIGRATIONS } from '../../../src/store/sqlite/migrate.ts'
import { migrateSqlite, planSqlite } from '../../../src/store/sqlite/migrate-file.ts'
import { openDatabase } from '../../../src/store/sqlite/open.ts'
import { openSqliteStore } from '../../../src/store/sqlite/index.ts'
import { describeStore } from '../../contracts/store.ts'
import { describeChanges } from '../../contracts/changes.ts'
import { describeUploads } from '../../contracts/uploads.ts'
import { connected, newAttempt } from '../../support/attempts.ts'
import { wrongLookupsIn } from '../../support/lookups.ts'
import { migrationNames } from '../../support/migration-names.ts'
import { storeTime } from '../../support/store-time.ts'
import { tempDir } from '../../support/temp-dir.ts'

const open = async () => {
  const dir = await tempDir()
  const path = join(dir.path, 'wauth.db')
  const { setTime, time } = storeTime()
  const store = await openSqliteStore(path, time)
  return {
    ...{ store, setTime },
    async close() {
      await store.close()
      // Whatever a test has done to keys and connections, look-ups tell it.
      expect(wrongLookupsIn(path)).toEqual([])
      await dir.remove()
    },
  }
}

describeStore('sqlite', open)
describeUploads('sqlite', open)
describeChanges('sqlite', open)

const FILES = migrationNames('sqlite')

describe('the SQLite engine', () => {
  let dir: Awaited<ReturnType<typeof tempDir>>
  let path: string
  beforeEach(async () => {
    dir = await tempDir()
    path = join(dir.path, 'wauth.db')
  })
  afterEach(() => dir.remove())

  test('syncs every commit to the disk: a kill cannot tell, a power cut would', () => {
    const db = openDatabase(path)
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
    expect(db.pragma('synchronous', { simple: true })).toBe(2)
    expect(db.pragma('foreign_keys', { simple: true })).toBe(1)
    expect(db.pragma('busy_timeout', { simple: true })).toBe(2000)
    db.close()
  })

  test('refuses a folder that does not exist instead of starting empty', async () => {
    await expect(openSqliteStore(join(dir.path, 'not-mounted', 'wauth.db'))).rejects.toMatchObject({
      ...{ constructor: StoreUnusable, code: 'database_folder_missing' },
    })
  })

  test('refuses a file that is no database', async () => {
    const noDatabase = join(dir.path, 'no-database')
    await writeFile(noDatabase, 'this is a text, and a long enough one to be read as a header')
    await expect(openSqliteStore(noDatabase)).rejects.toMatchObject({ code: 'database_cannot_open' })
    expect(await readFile(noDatabase, 'utf8')).toContain('this is a text')
  })

  test('applies each migration once, over many starts', async () => {
    for (let i = 0; i < 3; i++) await (await openSqliteStore(path)).close()
    const db = new Database(path)
    expect(db.prepare('SELECT version FROM migrations WHERE version > 0').all()).toEqual(
      FILES.map((name) => ({ version: Number.parseInt(name, 10) })),
    )
    db.close()
  })

  test('keeps a copy of a file with data before it migrates it', async () => {
    await (await openSqliteStore(path)).close()
    const made = new Database(path)
    const applied = made.prepare('SELECT version, name, md5, run_at FROM migrations').all()
    made.close()
    await rm(path)
    const older = new Database(path)
    for (const file of FILES.slice(0, 2)) older.exec(await readFile(new URL(file, MIGRATIONS), 'utf8'))
    older.exec('CREATE TABLE migrations (version BIGINT PRIMARY KEY, name TEXT, md5 TEXT, run_at TEXT)')
    for (const row of applied.slice(0, 3))
      older.prepare('INSERT INTO migrations VALUES (@version, @name, @md5, @run_at)').run(row)
    older.close()
    expect(await planSqlite(path)).toEqual(FILES.slice(2))
    expect(await migrateSqlite(path)).toEqual(FILES.slice(2))
    expect(await planSqlite(`${path}.schema-2`)).toEqual(FILES.slice(2))
    expect(await planSqlite(path)).toEqual([])
  })

  test('refuses a file that a newer version has migrated', async () => {
    await (await openSqliteStore(path)).close()
    const newer = new Database(path)
    newer.exec("INSERT INTO migrations (version, name, md5) VALUES (999, 'later', 'x')")
    newer.close()
    await expect(openSqliteStore(path)).rejects.toMatchObject({
      ...{ constructor: StoreUnusable, code: 'database_newer' },
    })
  })

  test('waits for another writer, and says so when that takes too long', async () => {
    const store = await openSqliteStore(path)
    const other = new Database(path)
    other.exec('BEGIN IMMEDIATE')
    await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailable)
    await expect(store.attempts.open(newAttempt())).rejects.toMatchObject({
      ...{ constructor: StoreUnavailable, code: 'storage_unavailable', cause: { code: 'SQLITE_BUSY' } },
    })
    const waiting = store.attempts.open(newAttempt())
    // The process that waits is the one that lets go: it does not stand still meanwhile.
    other.exec('ROLLBACK')
    await expect(waiting).resolves.toBe('opened')
    other.close()
    await store.close()
  })

  test('is opened beside a writer when its schema is current: a command does not hold up the service', async () => {
    await (await openSqliteStore(path)).close()
    const other = new Database(path)
    other.exec('BEGIN IMMEDIATE')
    const store = await openSqliteStore(path)
    await expect(store.attempts.find('nobody')).resolves.toBeNull()
    other.exec('ROLLBACK')
    await expect(store.ping()).resolves.toBeUndefined()
    await store.close()
    other.close()
  })

  test('the audit trail can be appended to, not changed', async () => {
    const store = await openSqliteStore(path)
    await connected(store, 'acme', 'api-key-1')
    const db = new Database(path)
    expect(
      db.prepare('SELECT action, user_id, crm_account_id, address, generation FROM audit').all(),
    ).toEqual([
      {
        ...{ action: 'connection.connected', user_id: 'acme-admin', crm_account_id: 'acme' },
        ...{ address: '203.0.113.7', generation: 1 },
      },
    ])
    expect(() => db.prepare("UPDATE audit SET action = 'x'").run()).toThrow('append-only')
    expect(() => db.prepare('DELETE FROM audit').run()).toThrow('append-only')
    db.close()
    await store.close()
  })
})
