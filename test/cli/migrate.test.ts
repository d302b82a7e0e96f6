import { afterAll, beforeAll, expect, test } from 'vitest'
import { lonelyEnvironment } from '../support/filled-database.ts'
import { migrationNames } from '../support/migration-names.ts'
import { testDatabase } from '../support/postgres/test-database.ts'
import { spawnService } from '../support/service-process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { wauth } from '../support/wauth-command.ts'
import { eachOfFirst } from '../support/long.ts'

const MIGRATIONS = migrationNames('postgres')

let database: Awaited<ReturnType<typeof testDatabase>>
let folder: Awaited<ReturnType<typeof tempDir>>
let env: Record<string, string>
beforeAll(async () => {
  folder = await tempDir()
  database = await testDatabase({ empty: true })
  env = { ...lonelyEnvironment(folder.path), DATABASE_URL: database.url }
})
afterAll(async () => {
  await database.remove()
  await folder.remove()
})

const migrate = (...options: string[]) => wauth(['migrate', ...options], { env })

// The tests are the steps of one update, in their order.

test('the service does not start before, and says which command to run', async () => {
  const service = spawnService(env)
  expect(await service.ended).toEqual({ code: 78, signal: null })
  expect(service.output()).toContain('wauth migrate')
  expect(service.output()).not.toContain(database.url)
})

test('--plan says what would be done, and does nothing', async () => {
  const { code, stdout } = await migrate('--plan', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({ planned: true, migrations: MIGRATIONS })
  expect(await database.query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'")).toEqual([])
})

eachOfFirst(1)([
  ['on PostgreSQL', () => database.url],
  ['on SQLite, which makes the file', () => `file:${folder.path}/ten.db`],
])('ten processes at once apply each once, %s', async (_engine, url) => {
  const run = () => wauth(['migrate', '--json'], { env: { ...env, DATABASE_URL: url() } })
  const runs = await Promise.all(Array.from({ length: 10 }, run))
  expect(runs.map(({ code, stderr }) => `${String(code)} ${stderr}`)).toEqual(Array(10).fill('0 '))
  const applied = runs.flatMap(({ stdout }) => (JSON.parse(stdout) as { migrations: string[] }).migrations)
  expect(applied).toEqual(MIGRATIONS)
})

test('afterwards there is nothing to do', async () => {
  for (const options of [[], ['--plan']]) {
    const { code, stdout } = await migrate(...options)
    expect(code).toBe(0)
    expect(stdout).toContain('nothing to do')
  }
})

test('a database that a newer version has migrated is left alone', async () => {
  await database.query("INSERT INTO migrations (version, name, md5) VALUES (999, 'later', 'x')")
  const { code, stderr } = await migrate()
  expect(code).toBe(78)
  expect(stderr).toContain('Run that version')
})

test('a server that is away: says so, and that it may pass', async () => {
  const away = database.url.replace(/:\d+\//, ':9/')
  const { code, stderr } = await wauth(['migrate'], { env: { ...env, DATABASE_URL: away } })
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('server') as string })
  expect(stderr).not.toContain('wauth:wauth')
})
