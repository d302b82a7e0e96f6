import { execFile } from 'node:child_process'
import { readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { hours } from '../../../src/shared/clock.ts'
import { StoreUnavailable, StoreUnusable } from '../../../src/store/errors.ts'
import { openSqliteKeys, openSqliteStore } from '../../../src/store/sqlite/index.ts'
import { migrate, MIGRATIONS } from '../../../src/store/sqlite/migrate.ts'
import { openDatabase } from '../../../src/store/sqlite/open.ts'
import { planSqlite } from '../../../src/store/sqlite/migrate-file.ts'
import { migrationNames } from '../../support/migration-names.ts'
import { smallDisk } from '../../support/small-disk.ts'
import { tempDir } from '../../support/temp-dir.ts'

let dir: Awaited<ReturnType<typeof tempDir>>
beforeEach(async () => {
  dir = await tempDir()
})
afterEach(() => dir.remove())

const KILOBYTE = 1024
const besides = async (path: string) =>
  (await readdir(dirname(path))).filter((name) => name.includes('.schema-')).toSorted()

const FILES = migrationNames('sqlite')
const BEFORE = 5

/** A database as an older release has left it, so large. */
async function madeBefore(folder: string, size = KILOBYTE): Promise<string> {
  const path = join(folder, 'wauth.db')
  const made = openDatabase(join(dir.path, 'made.db'))
  await migrate(made)
  const applied = made.prepare('SELECT version, name, md5, run_at FROM migrations').all()
  made.close()
  const db = new Database(path)
  for (const file of FILES.slice(0, BEFORE)) db.exec(await readFile(new URL(file, MIGRATIONS), 'utf8'))
  db.exec('CREATE TABLE migrations (version BIGINT PRIMARY KEY, name TEXT, md5 TEXT, run_at TEXT)')
  for (const row of applied.slice(0, BEFORE + 1))
    db.prepare('INSERT INTO migrations VALUES (@version, @name, @md5, @run_at)').run(row)
  db.exec(`CREATE TABLE filling (bytes BLOB); INSERT INTO filling VALUES (randomblob(${size}))`)
  db.close()
  return path
}

const started = (path: string) => openSqliteStore(path).then((store) => store.close())

test('what an interrupted start has left of a copy is taken away: the next one makes its own, for this user alone', async () => {
  const path = await madeBefore(dir.path)
  for (const pid of [process.pid, 1]) await writeFile(`${path}.schema-5.${pid}`, 'half of a copy')
  await writeFile(`${path}.schema-5.1-journal`, '')
  await writeFile(`${path}.schema-notes.txt`, 'of the operator')
  await started(path)
  expect(await besides(path)).toEqual(['wauth.db.schema-5', 'wauth.db.schema-notes.txt'])
  expect((await stat(`${path}.schema-5`)).mode & 0o777).toBe(0o600)
  expect(await planSqlite(`${path}.schema-5`)).toEqual(FILES.slice(BEFORE))
})

test('a disk that is full during the copy: said so, nothing is left behind, and with room it starts', async ({
  skip,
}) => {
  const disk = await smallDisk()
  if (!disk) return skip('only root may mount a small file system')
  onTestFinished(() => disk.remove())
  const path = await madeBefore(disk.path, 800 * KILOBYTE)
  await disk.fill()
  const filling = join(disk.path, 'filling')
  await truncate(filling, (await stat(filling)).size - 400 * KILOBYTE)
  const before = await readdir(disk.path)
  await expect(openSqliteStore(path)).rejects.toMatchObject({
    ...{ constructor: StoreUnavailable, code: 'database_disk_full' },
    hint: expect.stringContaining('twice its size') as string,
  })
  expect(await readdir(disk.path)).toEqual(before)
  await disk.free()
  await started(path)
  expect(await besides(path)).toEqual(['wauth.db.schema-5'])
})

test('two copies are kept, and none for longer than a month', async () => {
  const path = join(dir.path, 'wauth.db')
  const now = new Date()
  const ago = (days: number) => new Date(now.getTime() - hours(24 * days))
  for (const [version, days] of [
    [1, 40],
    [2, 20],
    [3, 10],
    [4, 5],
  ] as const) {
    await writeFile(`${path}.schema-${version}`, '')
    await utimes(`${path}.schema-${version}`, ago(days), ago(days))
  }
  const store = await openSqliteStore(path)
  expect(await besides(path)).toEqual(['wauth.db.schema-3', 'wauth.db.schema-4'])
  await store.cleanUp(new Date(now.getTime() + hours(24 * 22)), 100)
  expect(await besides(path)).toEqual(['wauth.db.schema-4'])
  await store.close()
})

test('the write-ahead log shrinks again when a reader that kept it has gone', async () => {
  const path = join(dir.path, 'wauth.db')
  const db = openDatabase(path)
  db.exec('CREATE TABLE filling (bytes BLOB)')
  const reader = new Database(path, { readonly: true })
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM filling').get()
  for (let i = 0; i < 12; i++) db.exec('INSERT INTO filling VALUES (randomblob(1000000))')
  const log = async () => (await stat(`${path}-wal`)).size
  expect(await log()).toBeGreaterThan(11_000_000)
  reader.close()
  for (let i = 0; i < 3; i++) db.exec('INSERT INTO filling VALUES (randomblob(10000))')
  expect(await log()).toBeLessThan(9_000_000)
  db.close()
})

test('what was deleted is not in the file any more', async () => {
  const path = join(dir.path, 'wauth.db')
  const db = openDatabase(path)
  db.exec("CREATE TABLE people (name TEXT); INSERT INTO people VALUES ('canary-who-is-erased')")
  db.exec('DELETE FROM people')
  db.close()
  expect((await readFile(path)).includes('canary-who-is-erased')).toBe(false)
})

test('a reader beside a service that is stopped is told which files are missing, and not to read what it may', async ({
  skip,
}) => {
  const disk = await smallDisk()
  if (!disk) return skip('only root may mount a small file system')
  onTestFinished(() => disk.remove())
  const path = join(disk.path, 'wauth.db')
  await (await openSqliteStore(path)).close()
  await promisify(execFile)('mount', ['-o', 'remount,ro', disk.path])
  await expect(openSqliteKeys(path)).rejects.toMatchObject({
    ...{ constructor: StoreUnusable, code: 'database_cannot_open' },
    hint: expect.stringMatching(/wauth\.db-wal and wauth\.db-shm are missing.*Start the service/) as string,
  })
})
