import { readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import dotenv from 'dotenv'
import { expect, onTestFinished, test } from 'vitest'
import { loadSettings } from '../../src/settings.ts'
import { lonelyEnvironment } from '../support/filled-database.ts'
import { tempDir } from '../support/temp-dir.ts'
import { wauth } from '../support/wauth-command.ts'

async function newFolder() {
  const folder = await tempDir()
  onTestFinished(() => folder.remove())
  return join(folder.path, 'secrets')
}

test('makes secrets that the settings take, several at once the same ones', async () => {
  const folder = await newFolder()
  const runs = await Promise.all([1, 2, 3].map(() => wauth(['secrets', folder, '--json'])))
  const said = runs.map(({ stdout }) => JSON.parse(stdout) as { name: string; made: boolean }[])
  const names = [
    'CRM_EXPORT_TOKEN',
    'ENCRYPTION_KEYS',
    'EVENTS_SECRET',
    'HANDOFF_SECRET',
    'INTERNAL_TOKEN',
    'WAZZUP_SECRET',
  ]
  expect(await readdir(folder)).toEqual(names)
  const made = said.flat().filter((secret) => secret.made)
  expect(made.map(({ name }) => name).sort()).toEqual(names)
  const files = names.map((name) => [`${name}_FILE`, join(folder, name)] as const)
  const values = new Map(
    await Promise.all(files.map(async ([, path]) => [path, await readFile(path, 'utf8')] as const)),
  )
  const settings = loadSettings({
    env: {
      ...Object.fromEntries(files),
      ...{ PUBLIC_URL: 'https://wauth.crm.example', WAZZUP_CRM_CODE: 'my-crm', CRM_NAME: 'My CRM' },
      ...{ LOGIN: 'handoff', HANDOFF_LOGIN_URL: 'https://crm.example/login', HANDOFF_ISSUER: 'crm' },
      CRM_EXPORT_URL: 'https://crm.example/export',
      EVENTS_URL: 'https://crm.example/events',
    },
    readFile: (path) => values.get(path) ?? '',
  })
  expect(settings.encryptionKeys.reveal()).toHaveLength(1)
})

test('says which lines lead to them, and no value', async () => {
  const folder = await newFolder()
  const { stdout } = await wauth(['secrets', folder])
  expect(stdout).toContain(`\nWAZZUP_SECRET_FILE=${join(folder, 'WAZZUP_SECRET')}\n`)
  // A start with all of these lines is not stopped by a secret that has no address beside it.
  expect(stdout).toContain(
    `\n# together with EVENTS_URL, or not at all:\n#EVENTS_SECRET_FILE=${join(folder, 'EVENTS_SECRET')}\n`,
  )
  const env = dotenv.parse(stdout.split('.env:\n')[1] ?? '')
  const lines = { ...lonelyEnvironment(folder), WAZZUP_SECRET: '', ENCRYPTION_KEYS: '', ...env }
  expect(() => loadSettings({ env: lines, readFile: (path) => readFileSync(path, 'utf8') })).not.toThrow()
  const values = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  )
  for (const value of values) expect(stdout).not.toContain(value.trim())
})

test.each(['postgres://host/wauth', 'postgres://wauth:password@host/wauth', 'file:wauth.db'])(
  '%s is no address to make a password for',
  async (database) => {
    const folder = await newFolder()
    const { code, stderr } = await wauth(['secrets', folder, '--database', database])
    expect(code).toBe(2)
    expect(stderr).toContain('postgres://user@host/database')
  },
)
