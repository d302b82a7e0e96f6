import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Line } from '../../../src/cli/check/run-checks.ts'
import { builtCommand, BUILDING, runWauth } from '../../support/built-command.ts'
import { setUpFor } from '../../support/set-up.ts'
import { tempDir } from '../../support/temp-dir.ts'

beforeAll(builtCommand, BUILDING)
const setUp = setUpFor('all')

const check = async (more: Record<string, string>, ...args: string[]) => {
  const env = { ...setUp.env, ...more }
  const { code, stdout } = await runWauth(['check', '--json', ...args], { env, cwd: setUp.folder })
  return { code, told: JSON.parse(stdout) as { ok: boolean; checks: Line[] } }
}

test('--offline in CI: nothing is asked, no database is made, and warnings do not fail', async () => {
  const asked = setUp.sandbox.wazzup.requests.length
  const path = join(setUp.folder, 'fresh.db')
  const found = await check({ DATABASE_URL: `file:${path}`, CRM_NAME: 'A\u0441me' }, '--offline')
  expect(found.code).toBe(0)
  const lines = new Map(found.told.checks.map((line) => [line.name, line]))
  expect(Object.fromEntries(found.told.checks.map(({ name, status }) => [name, status]))).toMatchObject({
    settings: 'pass',
    letters: 'warning',
    database: 'warning',
    wazzup: 'skip',
  })
  expect(lines.get('letters')?.says).toContain('CRM_NAME has a Cyrillic "\u0441" (U+0441)')
  expect(existsSync(path)).toBe(false)
  expect(setUp.sandbox.wazzup.requests).toHaveLength(asked)
})

test('a secret of before that still counts is a warning, by its name', async () => {
  const { told } = await check(
    { INTERNAL_TOKEN: 'the-token-of-now-93', INTERNAL_TOKEN_PREVIOUS: 'the-token-before-this-one' },
    '--offline',
  )
  const line = told.checks.find(({ name }) => name === 'settings')
  expect(line).toMatchObject({ status: 'warning' })
  expect(line?.says).toContain('INTERNAL_TOKEN_PREVIOUS')
  expect(JSON.stringify(line)).not.toContain('before-this')
  // A misspelt name beside it hides neither.
  const misspelt = {
    INTERNAL_TOKEN: 'the-token-of-now-93',
    INTERNAL_TOKEN_PREVIOUS: 'the-token-before-this-one',
  }
  const both = await check({ ...misspelt, WAZZUP_SECERT: 'x' }, '--offline')
  const says = both.told.checks.find(({ name }) => name === 'settings')?.says
  for (const name of ['WAZZUP_SECERT', 'INTERNAL_TOKEN_PREVIOUS']) expect(says).toContain(name)
})

test('a last page without a button is a warning that names both settings', async () => {
  const wayOn = async (more: Record<string, string>) =>
    (await check(more, '--offline')).told.checks.find(({ name }) => name === 'way-on')
  expect(await wayOn({ WAZZUP_APP_URL: '', DONE_URL: '' })).toMatchObject({
    status: 'warning',
    next: expect.stringMatching(/WAZZUP_APP_URL.*DONE_URL/) as string,
  })
  expect(await wayOn({ DONE_URL: 'https://crm.example/done' })).toMatchObject({ status: 'pass' })
})

test('a name in .env with a letter that only looks Latin is found, though no reader of .env sees it', async () => {
  const folder = await tempDir()
  onTestFinished(() => folder.remove())
  await writeFile(join(folder.path, '.env'), 'WAZZUP_\u0421RM_CODE=acme\n')
  const { code, stdout } = await runWauth(['check', '--offline'], { env: {}, cwd: folder.path })
  expect(code).toBe(78)
  expect(stdout).toContain('WAZZUP_\u0421RM_CODE has a Cyrillic "\u0421" (U+0421) instead of the Latin "C"')
})

test('a value that .env cuts at a # is refused with its line, and not the half of it used', async () => {
  const folder = await tempDir()
  onTestFinished(() => folder.remove())
  await writeFile(join(folder.path, '.env'), '# ours\nWAZZUP_SECRET=a-long-enough-secret#and-its-end\n')
  const { code, stdout } = await runWauth(['check', '--offline'], { env: {}, cwd: folder.path })
  expect(code).toBe(78)
  expect(stdout).toContain('WAZZUP_SECRET is cut at the # in line 2 of .env')
  expect(stdout).not.toContain('a-long-enough')
})

test('unusable settings: all of them as lines, and 78; bad usage: 2', async () => {
  const [found, usage] = await Promise.all([
    check({ WAZZUP_SECRET: 'short', PUBLIC_URL: 'http://crm.example', LOGIN: 'ldap' }),
    runWauth(['check', '--nonsense'], { env: setUp.env, cwd: setUp.folder }),
  ])
  expect(found.code).toBe(78)
  expect(found.told.ok).toBe(false)
  const said = found.told.checks.map(({ says }) => says).join('\n')
  for (const name of ['WAZZUP_SECRET', 'PUBLIC_URL', 'LOGIN']) expect(said).toContain(name)
  expect(said).not.toContain('crm.example')
  expect(usage.code).toBe(2)
})
