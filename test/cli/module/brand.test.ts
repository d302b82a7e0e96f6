import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cp, mkdir, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, expect, test } from 'vitest'
import { builtCommand, BUILDING, runOnTerminal, runWauth } from '../../support/built-command.ts'
import { compileCache } from '../../support/service-process.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { moduleAtHand, SECRET } from './module-at-hand.ts'

beforeAll(builtCommand, BUILDING)

const GOOD = join(import.meta.dirname, 'logos/good/mark.svg')
const BAD = join(import.meta.dirname, 'logos/bad/no-margin--moved-by-a-transform.svg')
const brand = (name: string, logo: string, ...more: string[]) => [
  'module',
  'brand',
  '--name',
  name,
  '--logo',
  logo,
  ...more,
]
const module = { crmCode: 'acme-crm', secret: SECRET }

test('on a terminal: asks, reminds of the publication, and sends name and file byte for byte', async () => {
  const { env, cwd, sent } = await moduleAtHand({ module })
  const { code, screen } = await runOnTerminal(brand('Acme CRM', GOOD), { env, cwd }, 'yes\n')
  expect({ code, screen }).toMatchObject({ code: 0 })
  expect(screen).toContain('only before Wazzup has published')
  const [body] = sent('PATCH', '/v3/marketplace')
  expect(body).toEqual({
    crmName: 'Acme CRM',
    logo: { name: 'mark.svg', content: readFileSync(GOOD).toString('base64') },
  })
})

test('a bad name and a bad logo: nothing is sent, every rule with what mends it', async () => {
  const { env, cwd, sent } = await moduleAtHand({ module })
  const [words, json] = await Promise.all([
    runWauth(brand('Мой CRM', BAD, '--yes'), { env, cwd }),
    runWauth(brand('x'.repeat(51), BAD, '--yes', '--json'), { env, cwd }),
  ])
  expect(words.code).toBe(1)
  expect(words.stderr).toContain(
    '✗ the name has a Cyrillic "М" (U+041C) instead of the Latin "M"\n  → Write it in English',
  )
  expect(words.stderr).toContain('✗ there is a margin: 10 % at the left')
  expect(words.stderr).toContain('→ Set viewBox="10 10 80 80"')
  expect(words.stderr).not.toContain('not checked')
  expect(json.code).toBe(1)
  expect(JSON.parse(json.stdout)).toMatchObject({
    result: 'broken_rules',
    broken: [{ rule: 'name' }, { rule: 'no-margin' }],
    notChecked: [],
  })
  expect(sent('PATCH', '/v3/marketplace')).toEqual([])
})

test('after the publication: refused, with whom to ask; a file that is not there; missing options', async () => {
  const { wazzup, env, cwd } = await moduleAtHand({ module })
  wazzup.publishModule()
  const [late, nowhere, half] = await Promise.all([
    runWauth(brand('Acme CRM', GOOD, '--yes'), { env, cwd }),
    runWauth(brand('Acme CRM', 'not-there.svg', '--yes'), { env, cwd }),
    runWauth(['module', 'brand', '--name', 'Acme'], { env, cwd }),
  ])
  expect(late.code).toBe(1)
  expect(late.stderr).toContain('(status 400, MODULE_PUBLISHED)')
  expect(late.stderr).toContain('ask the partner department of Wazzup')
  expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('logo_unreadable') as string })
  expect(half.code).toBe(2)
})

test('whoever draws the logo can try it without the keys of the module', async () => {
  const { cwd } = await moduleAtHand()
  const { code, stdout } = await runWauth(brand('Acme CRM', GOOD, '--dry-run'), { env: {}, cwd })
  expect({ code, stdout }).toMatchObject({ code: 0 })
  expect(stdout).toContain('every rule that can be checked is kept')
  expect(stdout).not.toContain('not checked')
})

test('without the renderer the logo is sent, and the two rules that need it are named', async () => {
  const { env, cwd, sent } = await moduleAtHand({ module })
  const command = await installedWithout('@resvg')
  const words = [command.path, ...brand('Acme CRM', BAD, '--yes', '--json')]
  const { stdout, stderr } = await promisify(execFile)(process.execPath, words, {
    env: { ...compileCache, ...env },
    cwd,
  })
  expect(stderr).toContain('? not checked: no-margin, background, because')
  expect(stderr).toContain('npm install @resvg/resvg-wasm@')
  expect(JSON.parse(stdout)).toMatchObject({
    result: 'done',
    notChecked: [{ rule: 'no-margin' }, { rule: 'background' }],
  })
  expect(sent('PATCH', '/v3/marketplace')).toHaveLength(1)
  await command.remove()
})

/** The built command as npm installs it, beside all of its packages but the ones of one scope. */
async function installedWithout(scope: string) {
  const dir = await tempDir()
  const folder = dir.path
  const project = join(import.meta.dirname, '../../..')
  await cp(join(project, 'dist'), join(folder, 'dist'), { recursive: true })
  await cp(join(project, 'package.json'), join(folder, 'package.json'))
  await mkdir(join(folder, 'node_modules'))
  for (const name of await readdir(join(project, 'node_modules')))
    if (name !== scope) await symlink(join(project, 'node_modules', name), join(folder, 'node_modules', name))
  return { path: join(folder, 'dist/cli/wauth.js'), remove: () => dir.remove() }
}
