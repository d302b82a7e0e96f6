import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import { connected } from '../support/attempts.ts'
import { filledDatabase, newKey, type FilledDatabase } from '../support/filled-database.ts'
import { testDatabase } from '../support/postgres/test-database.ts'
import { wauth } from '../support/wauth-command.ts'

const KILL = `--import=${fileURLToPath(new URL('../support/kill-at-call.ts', import.meta.url))}`

let at: FilledDatabase
beforeAll(async () => {
  at = await filledDatabase(async (store) => {
    for (const account of ['acme', 'nordwind']) await connected(store, account, `key-of-${account}`)
  })
})
afterAll(() => at.remove())

const backUp = (file: string, env: Record<string, string> = {}) =>
  wauth(['backup', join(at.folder, file), '--json'], { env: { ...at.env, ...env } })

const filesOf = async (name: string) => (await readdir(at.folder)).filter((file) => file.startsWith(name))

test('a copy is made while a service has the database open, for its user alone, and every value of it opens', async () => {
  const service = await openStore(at.settings())
  await connected(service, 'latecomer', 'key-of-latecomer')
  const { code, stdout } = await backUp('copy.db')
  await service.close()
  expect({ code, told: JSON.parse(stdout) as object }).toMatchObject({
    code: 0,
    told: { opened: 6, closed: [] },
  })
  expect((await stat(join(at.folder, 'copy.db'))).mode & 0o777).toBe(0o600)
  // One file, which needs no other beside it.
  expect(await filesOf('copy.db')).toEqual(['copy.db'])
  const file = new Database(join(at.folder, 'copy.db'), { readonly: true })
  expect(file.prepare('SELECT count(*) AS n FROM connections').get()).toEqual({ n: 3 })
  file.close()
})

test('a file is never replaced', async () => {
  await writeFile(join(at.folder, 'precious'), 'mine')
  expect(await backUp('precious')).toMatchObject({ code: 1, stdout: '' })
  expect(await readFile(join(at.folder, 'precious'), 'utf8')).toBe('mine')
  expect(await filesOf('precious')).toEqual(['precious'])
})

test('values that do not open are named with the key that is missing, and never shown; the copy is there', async () => {
  const { code, stderr } = await backUp('closed.db', { ENCRYPTION_KEYS: newKey('other') })
  expect(code).toBe(1)
  expect(stderr).toMatch(/generations \S+: seal_unknown_key/)
  expect(stderr).toContain('ENCRYPTION_KEYS lacks: test\n')
  expect(stderr).not.toContain('eyJ')
  expect(await filesOf('closed.db')).toEqual(['closed.db'])
})

test('killed before its last step, no file has the name of the copy', async () => {
  const { signal } = await backUp('killed.db', { NODE_OPTIONS: KILL, KILL_AT_CALL: 'before linkSync' })
  expect(signal).toBe('SIGKILL')
  expect(await filesOf('killed.db')).toEqual([expect.stringContaining('.unfinished-')])
  expect(await backUp('killed.db')).toMatchObject({ code: 0 })
})

test('a folder that is not there is said so', async () => {
  const { code, stderr } = await backUp('nowhere/copy.db')
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('ENOENT') as string })
})

test('where PostgreSQL is and pg_dump is not, that is said', async () => {
  const { url, remove } = await testDatabase()
  const env = { DATABASE_URL: url, PATH: at.folder }
  const { code, stderr } = await backUp('copy.dump', env)
  await remove()
  expect({ code, stderr }).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('(pg_dump_missing)') as string,
  })
  expect(stderr).not.toContain(url)
})
