import { execFile } from 'node:child_process'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createReadPhone } from '../../src/upload/rules/phones.ts'
import { judge } from '../../src/upload/rules/rule.ts'
import { RULES } from '../../src/upload/rules/table.ts'
import { connectorAtHand, pressConfirm, walkToConfirm } from '../support/connector.ts'
import { connected } from '../support/attempts.ts'
import { filledDatabase } from '../support/filled-database.ts'
import { openStore } from '../../src/store/index.ts'
import { tempDir } from '../support/temp-dir.ts'
import { wauth } from '../support/wauth-command.ts'
import { blockWith } from './blocks.ts'

const run = promisify(execFile)

const bash = (script: string, options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}) =>
  run('bash', ['-euo', 'pipefail', '-c', script], { ...options, env: { ...process.env, ...options.env } })

const has = (program: string) =>
  bash(`command -v ${program}`).then(
    () => true,
    () => false,
  )
const [hasCurl, hasJq] = [await has('curl'), await has('jq')]
const unless = (here: boolean) => (here ? '' : ', which is not here,')

test.skipIf(!hasCurl)(`the look-up by curl${unless(hasCurl)} says whose a key is`, async () => {
  const token = 'an-internal-token-of-the-test-that-is-long'
  const connector = await connectorAtHand({ env: { INTERNAL_TOKEN: token } })
  const { browser } = await walkToConfirm(connector)
  await pressConfirm(browser)
  const [made] = connector.sandbox.wazzup.connections()
  const command = blockWith('README.md', '/v1/keys/lookup')
    .replace('http://127.0.0.1:3001', connector.internalUrl)
    .replace('{"crmKey":"…"}', JSON.stringify({ crmKey: made?.crmKey }))
  const { stdout } = await bash(command, { env: { INTERNAL_TOKEN: token } })
  expect(JSON.parse(stdout)).toMatchObject({
    crmAccountId: 'acme',
    apiKey: made?.apiKey,
    keyStatus: 'current',
  })
  // What the document shows as the answer has the same names.
  const told = /# 200 (\{.*?)\n#\s+(.*\})/s.exec(blockWith('README.md', '/v1/keys/lookup'))
  const shown = JSON.parse(`${told?.[1] ?? ''}${told?.[2] ?? ''}`) as object
  expect(Object.keys(shown).toSorted()).toEqual(Object.keys(JSON.parse(stdout) as object).toSorted())
})

test('the steps of the installation lead to a set-up that passes its check', async () => {
  const folder = await tempDir()
  onTestFinished(() => folder.remove())
  await mkdir(join(folder.path, 'data'))
  await copyFile('.env.example', join(folder.path, '.env'))
  const inFolder = async (words: string) => {
    const command = blockWith('docs/install.md', words).split('#')[0]?.trim() ?? ''
    const args = command.replace(/^npm run (-s )?wauth -- /, '').split(' ')
    return wauth(args, { cwd: folder.path })
  }
  expect(await inFolder('wauth -- secrets ./secrets')).toMatchObject({ code: 0 })
  const filledIn = {
    ...{ PUBLIC_URL: 'https://wauth.crm.example', WAZZUP_CRM_CODE: 'acme-crm', CRM_NAME: 'Acme CRM' },
    ...{
      LOGIN: 'handoff',
      HANDOFF_LOGIN_URL: 'https://crm.example/login',
      HANDOFF_ISSUER: 'https://crm.example',
    },
    ...{ CRM_EXPORT_URL: 'https://crm.example/export', WEBHOOKS_URL: 'https://crm.example/webhooks' },
  }
  const lines = Object.entries(filledIn).map(([name, value]) => `${name}=${value}`)
  await writeFile(
    join(folder.path, '.env'),
    [
      blockWith('docs/install.md', 'ENCRYPTION_KEYS_FILE=./').replace('#CRM_EXPORT', 'CRM_EXPORT'),
      ...lines,
    ].join('\n'),
  )
  const check = await inFolder('wauth -- check --offline')
  expect(check.stdout).toContain('0 failed')
  expect(check.code).toBe(0)
})

test('a copy of the database is made and put back as the page says, with all that is in it', async () => {
  const at = await filledDatabase(async (store) => {
    await connected(store, 'acme', 'the-api-key-of-acme')
  })
  onTestFinished(at.remove)
  const recipe = blockWith('docs/backup.md', 'wauth -- backup')
  const copying =
    /npm run -s wauth -- (.*?) +#/.exec(recipe)?.[1]?.replace('data/', `${dirname(at.path)}/`) ?? ''
  const words = async (line: string) => (await bash(`printf '%s ' ${line}`)).stdout.trim().split(' ')
  const [backup = '', file = ''] = await words(copying)
  expect(await wauth([backup, file], { env: at.env })).toMatchObject({ code: 0 })
  await writeFile(at.path, 'lost')
  expect(await wauth(['restore', file, '--yes'], { env: at.env })).toMatchObject({ code: 0 })
  const store = await openStore(at.settings())
  onTestFinished(() => store.close())
  expect((await store.keys.current('acme'))?.apiKey()).toBe('the-api-key-of-acme')
})

test('the row that the export shows is one that can be sent', () => {
  const { items } = JSON.parse(blockWith('docs/upload.md', '"next": "any text')) as { items: object[] }
  expect(items.map((row) => judge(row, RULES.contacts, createReadPhone(null)))).toMatchObject([
    { kind: 'row', leftOut: [] },
  ])
})

describe.skipIf(!hasJq)(`what is looked for in the log with jq${unless(hasJq)}`, () => {
  const LINES = [
    { time: '2026-11-26T02:00:00Z', event: 'connect.confirm', exchange: 'connected', crmAccountId: 'before' },
    { time: '2026-11-26T04:00:00Z', event: 'connect.confirm', exchange: 'connected', crmAccountId: 'acme' },
    { time: '2026-11-26T04:00:00Z', event: 'keys.disconnect', crmAccountId: 'nordwind' },
    {
      time: '2026-11-26T05:00:00Z',
      event: 'connect.callback',
      supportId: 'WA-XXXX-XXXX',
      code: 'role_missing',
    },
  ]

  const inLog = async (command: string) => {
    const folder = await tempDir()
    onTestFinished(() => folder.remove())
    // npm says what it starts before the first line.
    const lines = ['', '> wauth-connector start', ...LINES.map((line) => JSON.stringify(line))]
    await writeFile(join(folder.path, 'log'), lines.join('\n'))
    return (await bash(command, { cwd: folder.path })).stdout
  }

  test('who was connected, and who was disconnected, since a moment', async () => {
    expect(await inLog(blockWith('docs/backup.md', 'jq -rR'))).toBe('acme\nnordwind\n')
  })

  test('what happened to an attempt, by its support id', async () => {
    expect(await inLog(blockWith('docs/troubleshooting.md', 'supportId =='))).toContain(
      '"code":"role_missing"',
    )
  })
})
