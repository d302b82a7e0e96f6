import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { digest } from '../../src/crypto/digest.ts'
import { backUpStore, openStore } from '../../src/store/index.ts'
import type { Position, Store } from '../../src/store/port.ts'
import { OPERATOR } from '../contracts/store-lifecycle.ts'
import { connected, NOON } from '../support/attempts.ts'
import { accountsSince } from '../support/changed-connections.ts'
import { filledDatabase, newKey, type FilledDatabase } from '../support/filled-database.ts'
import { spawnService } from '../support/service-process.ts'
import { wauth } from '../support/wauth-command.ts'
import { LONG } from '../support/long.ts'

const KILL = `--import=${fileURLToPath(new URL('../support/kill-at-call.ts', import.meta.url))}`
const NO_LINKS = `--import=${fileURLToPath(new URL('../support/without-links.ts', import.meta.url))}`

let at: FilledDatabase
let copy: string
let keys: Record<string, string>
let position: Position

/**
 * A copy of five customers; since then one was disconnected, one has connected again, one both, and one is new. The new one
 * has the key that another had before its own.
 */
beforeEach(async () => {
  keys = {}
  const connect = async (store: Store, account: string, name = account, apiKey = `api-key-of-${name}`) => {
    keys[name] = (await connected(store, account, apiKey)).crmKey
  }
  at = await filledDatabase(async (store) => {
    for (const account of ['stays', 'leaves', 'returns', 'leaves-and-returns']) await connect(store, account)
    await connect(store, 'moves', 'moves', 'api-key-of-two')
    await connect(store, 'moves')
    await store.changes.accept('stays', [deleted('in-the-copy')])
  })
  onTestFinished(at.remove)
  copy = join(at.folder, 'copy.db')
  await backUpStore(at.settings(), copy, { tell: () => undefined, programs: {} })
  const store = await openStore(at.settings())
  position = await store.connections.position()
  await store.changes.accept('moves', [deleted('since')])
  for (const account of ['leaves', 'leaves-and-returns'])
    await store.connections.disconnect(account, OPERATOR, NOON)
  await store.connections.erase('leaves', OPERATOR, NOON)
  await connect(store, 'returns', 'returns, later')
  await connect(store, 'leaves-and-returns', 'leaves-and-returns, later')
  await connect(store, 'comes', 'comes', 'api-key-of-two')
  await store.installs.set('the CRM is being moved', OPERATOR, NOON)
  await store.close()
})

const deleted = (rowId: string) => ({ id: `change ${rowId}`, kind: 'deals' as const, rowId, row: null })

const restore = (options: string[] = ['--yes'], env: Record<string, string> = {}, file = copy) =>
  wauth(['restore', file, '--json', ...options], { env: { ...at.env, ...env } })

/** Which crmKeys resolve. */
async function resolving() {
  const store = await openStore(at.settings())
  const found = []
  for (const [name, crmKey] of Object.entries(keys))
    if (await store.keys.find(digest(crmKey))) found.push(name)
  await store.close()
  return found
}

const OLD = ['stays', 'returns', 'moves', 'returns, later', 'leaves-and-returns, later', 'comes']
const NEW = ['stays', 'returns', 'moves']
const LOST = {
  ...{ connected: ['comes'], reconnected: ['leaves-and-returns', 'returns'], uploads: [] },
  waiting: ['moves', 'stays'],
}
const LEFT = ['leaves', 'leaves-and-returns']

const kept = async () => (await readdir(at.folder)).filter((name) => name.includes('.replaced-'))

test('the copy becomes the database; who was disconnected stays so; the replaced database is kept', async () => {
  const { code, stdout, stderr } = await restore()
  expect({ code, told: JSON.parse(stdout) as object }).toMatchObject({
    code: 0,
    told: { replaced: 'found', lost: LOST, installs: { paused: true, takenOver: true } },
  })
  expect((JSON.parse(stdout) as { staysDisconnected: string[] }).staysDisconnected.toSorted()).toEqual(LEFT)
  expect(stderr).toContain('Disconnected since, and will stay so (2):')
  expect(stderr).toMatch(/^Changes of their rows wait, .*wauth upload start.* \(2\):\n {2}moves\n {2}stays$/m)
  expect(stderr).toMatch(/^Erased since, and will stay so; .* \(1\):\n {2}leaves$/m)
  expect(JSON.parse(stdout)).toMatchObject({ staysErased: ['leaves'] })
  const person = 'The leaves company'
  expect([await readFile(copy), await readFile(at.path)].map((file) => file.includes(person))).toEqual([
    true,
    false,
  ])
  expect(stderr).toContain('New installs stay paused: the CRM is being moved\n')
  expect(await resolving()).toEqual(NEW)
  const store = await openStore(at.settings())
  expect(await accountsSince(store, position)).toBeNull()
  expect(await store.changes.find('stays')).toMatchObject({ waiting: 0, dropped: 1 })
  expect(await store.changes.claimDue({ runner: 'runner', lease: 1000 })).toBeNull()
  expect(await store.connections.find('leaves')).toMatchObject({
    status: 'disconnected',
    disconnectedAt: NOON,
  })
  expect(await store.installs.read()).toMatchObject({ paused: true, changedAt: NOON })
  expect(await store.audit.of('leaves', 9)).toMatchObject([
    { action: 'connection.erased', at: NOON, ...OPERATOR },
    { action: 'connection.disconnected', at: NOON, ...OPERATOR },
    { action: 'connection.connected', userName: '', address: '' },
  ])
  await store.close()
  const [name = ''] = await kept()
  const path = join(at.folder, name)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await stat(at.path)).mode & 0o777).toBe(0o600)
  expect(JSON.parse(stdout)).toMatchObject({ kept: path })
  // And back again.
  expect(await restore(['--yes'], {}, path)).toMatchObject({ code: 0 })
  expect(await resolving()).toEqual(OLD)
})

test('rehearsed while a service has the database open, it says what would be lost and changes nothing', async () => {
  const service = await openStore(at.settings())
  const before = await readdir(at.folder)
  const { code, stdout } = await restore(['--rehearse'])
  expect({ code, told: JSON.parse(stdout) as object }).toMatchObject({
    code: 0,
    told: { rehearsed: true, lost: LOST, staysErased: ['leaves'] },
  })
  await service.close()
  expect(before).toEqual(
    expect.arrayContaining((await readdir(at.folder)).filter((name) => !/-(wal|shm)$/.test(name))),
  )
  expect(await resolving()).toEqual(OLD)
})

test('nobody is there to be asked: nothing is changed, and the list says why it was asked', async () => {
  const { code, stderr } = await restore([])
  expect(code).toBe(1)
  expect(stderr).toContain('Connected since; they have to connect again from Wazzup (1):\n  comes\n')
  expect(stderr).toContain('--yes')
  expect(await resolving()).toEqual(OLD)
})

describe('is refused, and changes nothing,', () => {
  const expectRefused = async (code: number, says: string, ...args: Parameters<typeof restore>) => {
    const refused = await restore(...args)
    expect(refused).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(says) as string })
    expect(await kept()).toEqual([])
    expect((await readdir(at.folder)).filter((name) => name.includes('.restoring-'))).toEqual([])
  }

  test('while somebody has the database open', async () => {
    const service = await openStore(at.settings())
    await expectRefused(1, '(service_running)')
    await service.close()
    expect(await resolving()).toEqual(OLD)
  })

  test('a copy of a newer version', LONG, async () => {
    const file = new Database(copy)
    file.exec("INSERT INTO migrations (version, name, md5) VALUES (999, 'later', 'x')")
    file.close()
    await expectRefused(78, '(database_newer)')
  })

  test('without a key that the copy needs, which is named', async () => {
    await expectRefused(78, 'encryption keys that are not there: test', ['--yes'], {
      ENCRYPTION_KEYS: newKey('other'),
    })
  })

  test('a copy that is cut off, one that is none, one of somebody else, and none at all', async () => {
    const other = join(at.folder, 'other.db')
    const theirs = new Database(other)
    theirs.exec('CREATE TABLE migrations (version INTEGER); INSERT INTO migrations VALUES (1)')
    theirs.close()
    await expectRefused(78, '(backup_foreign)', ['--yes'], {}, other)
    await expectRefused(78, '(backup_missing)', ['--yes'], {}, `${other}.none`)
    await writeFile(other, 'no database')
    await expectRefused(78, '(backup_damaged)', ['--yes'], {}, other)
    await truncate(copy, 40_960)
    await expectRefused(78, '(backup_damaged)')
    expect(await resolving()).toEqual(OLD)
  })
})

describe('a database', () => {
  test('that is damaged is replaced by who says so, with what lies beside it', async () => {
    await writeFile(at.path, 'x'.repeat(8192))
    await writeFile(`${at.path}-wal`, 'the log of another database')
    expect((await restore([])).stderr).toContain('nobody can say what would be lost')
    expect(await restore()).toMatchObject({ code: 0 })
    expect(await resolving()).toEqual(['stays', 'leaves', 'returns', 'leaves-and-returns', 'moves'])
    expect(await kept()).not.toEqual([])
  })

  test(
    'whose file system knows no links is kept whole, and nobody else gets in before it is replaced',
    LONG,
    async () => {
      const seen = join(at.folder, 'seen')
      const env = { NODE_OPTIONS: NO_LINKS, DATABASE_FILE: at.path, SEEN_FILE: seen }
      const { code, stdout } = await restore(['--yes'], env)
      expect({ code, seen: await readFile(seen, 'utf8') }).toEqual({ code: 0, seen: 'SQLITE_BUSY' })
      expect(await resolving()).toEqual(NEW)
      const { kept: path } = JSON.parse(stdout) as { kept: string }
      expect((await stat(path)).mode & 0o777).toBe(0o600)
      expect(await restore(['--yes'], {}, path)).toMatchObject({ code: 0 })
      expect(await resolving()).toEqual(OLD)
    },
  )

  test('that is not there is made, without a question', async () => {
    const elsewhere = { DATABASE_URL: `file:${join(at.folder, 'new.db')}` }
    const { code, stdout } = await restore([], elsewhere)
    expect({ code, told: JSON.parse(stdout) as object }).toMatchObject({
      ...{ code: 0, told: { lost: { waiting: ['stays'] } } },
    })
    expect((await stat(join(at.folder, 'new.db'))).mode & 0o777).toBe(0o600)
  })
})

describe('killed', () => {
  const killed = (point: string, env: Record<string, string> = {}) =>
    restore(['--yes'], { NODE_OPTIONS: KILL, KILL_AT_CALL: point, ...env })

  test.each([
    ['before linkSync', OLD],
    ['after linkSync', OLD],
    ['before renameSync', OLD],
    ['after renameSync', NEW],
  ])(
    '%s, the database is the old or the new one, and it can be run again',
    { tags: ['long'] },
    async (point, expected) => {
      expect(await killed(point)).toMatchObject({ signal: 'SIGKILL' })
      expect(await resolving()).toEqual(expected)
      expect(await restore()).toMatchObject({ code: 0 })
      expect(await resolving()).toEqual(NEW)
      // Each replaced database has one name.
      const names = await kept()
      expect(names.length).toBe(expected === OLD ? 1 : 2)
      expect((await readdir(at.folder)).filter((name) => name.includes('.restoring-'))).toEqual([])
    },
  )

  test('the next start says so; where there was no database yet, it begins no empty one', async () => {
    await killed('before renameSync')
    const started = spawnService(at.env)
    while (!/service\.started|"fatal"/.test(started.output()))
      await new Promise((done) => started.child.once('output', done))
    started.child.kill('SIGKILL')
    await started.ended
    expect(started.output()).toMatch(/run wauth restore again.*database\.restore_unfinished/)
    const elsewhere = { DATABASE_URL: `file:${join(at.folder, 'new.db')}` }
    await killed('before renameSync', elsewhere)
    const { ended, output } = spawnService({ ...at.env, ...elsewhere })
    expect(await ended).toMatchObject({ code: 78 })
    expect(output()).toContain('(restore_unfinished)')
  })
})
