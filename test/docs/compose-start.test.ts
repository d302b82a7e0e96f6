import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { composeServices } from '../support/compose-file.ts'
import { testDatabase } from '../support/postgres/test-database.ts'
import { startProcess } from '../support/service-process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { wauth } from '../support/wauth-command.ts'

/** What the compose file starts, one after the other, without containers: its commands, its environment, its files. */
const services = composeServices({ DOMAIN: 'crm.example', WAZZUP_CRM_CODE: 'my-crm' })

let folder: Awaited<ReturnType<typeof tempDir>>
let database: Awaited<ReturnType<typeof testDatabase>>
let env: Record<string, string>
const role = `compose_${process.pid}`

beforeAll(async () => {
  folder = await tempDir()
  database = await testDatabase({ empty: true })
  const pairs = Object.entries(services['wauth']?.environment ?? {})
  const local = pairs.map(
    ([name, value]) => [name, String(value).replace(/^\/secrets/, folder.path)] as const,
  )
  const ports: Record<string, string> = {
    PORT: String(await freePort()),
    INTERNAL_PORT: '0',
    INTERNAL_HOST: '127.0.0.1',
  }
  env = { ...Object.fromEntries(local), ...ports, HOST: '127.0.0.1' }
})
afterAll(async () => {
  await database.query(`REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP OWNED BY ${role}; DROP ROLE ${role}`)
  await database.remove()
  await folder.remove()
})

/** The commands that its one-shot service of this name gives to the shell. */
const commandsOf = (name: string) =>
  (services[name]?.command?.at(-1) ?? '')
    .replaceAll('/secrets', folder.path)
    .split(' && ')
    .map((command) => command.split(' ').slice(1))

test('the first start makes every secret, and the next one keeps it', async () => {
  for (const command of commandsOf('secrets')) expect((await wauth(command)).code).toBe(0)
  const files = Object.entries(env).filter(([name, path]) => name.endsWith('_FILE') && path)
  const before = await Promise.all(files.map(([, path]) => readFile(path, 'utf8')))
  for (const [, path] of files) expect((await stat(path)).mode & 0o077).toBe(0)
  for (const command of commandsOf('secrets')) {
    const { stdout } = await wauth(command)
    expect(stdout).toContain('kept')
    expect(stdout).not.toContain('made')
    for (const value of before) expect(stdout).not.toContain(value.trim())
  }
  expect(await Promise.all(files.map(([, path]) => readFile(path, 'utf8')))).toEqual(before)
})

test('with two settings filled in, the database is migrated and the service starts', async () => {
  const password = (await readFile(join(folder.path, 'database/POSTGRES_PASSWORD'), 'utf8')).trim()
  const made = (await readFile(env['DATABASE_URL_FILE'] ?? '', 'utf8')).trim()
  expect(made).toBe(`postgres://wauth:${password}@database/wauth`)
  // As the server's image does it at its first start; here the server has been there before, under another address.
  await database.query(
    `CREATE ROLE ${role} LOGIN PASSWORD '${password}'; GRANT ALL ON SCHEMA public TO ${role}`,
  )
  const { host, pathname } = new URL(database.url)
  await writeFile(env['DATABASE_URL_FILE'] ?? '', `postgres://${role}:${password}@${host}${pathname}\n`)
  expect(await wauth(['migrate'], { env })).toMatchObject({ code: 0, stderr: '' })
  const service = await startProcess(env)
  expect((await fetch(`${service.internalUrl}/readyz`)).status).toBe(200)
  expect(service.output()).not.toContain('settings.warning')
  expect(await service.stop()).toEqual({ code: 0, signal: null })
})
