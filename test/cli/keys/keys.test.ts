import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadSettings } from '../../../src/settings.ts'
import { connected } from '../../support/attempts.ts'
import { filledDatabase, type FilledDatabase } from '../../support/filled-database.ts'
import { wauth } from '../../support/wauth-command.ts'
import { eachOfFirst } from '../../support/long.ts'

let at: FilledDatabase
let crmKey = ''
beforeAll(async () => {
  at = await filledDatabase(async (store) => {
    ;({ crmKey } = await connected(store, 'acme', 'the-api-key-of-acme'))
  })
})
afterAll(() => at.remove())

describe('wauth keys generate', () => {
  test('makes a key that ENCRYPTION_KEYS takes, another one each time', async () => {
    const [one, two] = [await wauth(['keys', 'generate']), await wauth(['keys', 'generate', '--id', 'k-2'])]
    expect([one.code, two.code]).toEqual([0, 0])
    expect(two.stdout).toMatch(/^k-2:/)
    const keys = `${one.stdout.trim()},${two.stdout.trim()}`
    const settings = loadSettings({ env: { ...at.env, ENCRYPTION_KEYS: keys }, readFile: () => '' })
    expect(settings.encryptionKeys.reveal()).toHaveLength(2)
    const json = await wauth(['keys', 'generate', '--json'])
    expect(json.stdout).toMatch(/^\{\s*"id": "k\d{14}",\s*"key": "[A-Za-z0-9+/]{43}="\s*\}\n$/)
  })

  test('an id that cannot be one is bad usage', async () => {
    expect(await wauth(['keys', 'generate', '--id', 'a b'])).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('wauth keys lookup', () => {
  test('tells whose crmKey came on standard input, and not the apiKey', async () => {
    const { code, stdout } = await wauth(['keys', 'lookup'], { env: at.env, stdin: `${crmKey}\n` })
    expect(code).toBe(0)
    expect(stdout).toContain('The acme company (acme)')
    expect(stdout).toContain('current')
    expect(stdout).not.toContain('the-api-key-of-acme')
    const json = await wauth(['keys', 'lookup', '--json'], { env: at.env, stdin: crmKey })
    expect(JSON.parse(json.stdout)).toMatchObject({
      crmAccountId: 'acme',
      keyStatus: 'current',
      hasApiKey: true,
    })
  })

  test('an unknown one is a failure that says why it may be', async () => {
    const { code, stdout, stderr } = await wauth(['keys', 'lookup'], { env: at.env, stdin: 'nobody' })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('unknown_crm_key')
    expect(stderr).toContain('CRM_KEY_GRACE')
  })

  eachOfFirst(1)([
    ['', (key: string) => key],
    [', nor repeated when it begins with a dash', (key: string) => `-${key}`],
    [', nor with two', (key: string) => `--${key}`],
  ])('it is never taken from the command line%s', async (_how, typed) => {
    const { code, stderr } = await wauth(['keys', 'lookup', typed(crmKey)], { env: at.env })
    expect(code).toBe(2)
    expect(stderr).not.toContain(crmKey)
  })
})

eachOfFirst(2)([
  ['keys'],
  ['keys', 'rotate', '--nonsense'],
  ['connections', 'show'],
  ['connections', 'list', '--limit', 'x'],
])('wauth %s %s %s: bad usage', async (...args) => {
  const { code } = await wauth(args.filter(Boolean), { env: at.env })
  expect(code).toBe(2)
})

test('a set-up that cannot work is said as such', async () => {
  const { code, stderr } = await wauth(['connections', 'list'], {
    env: { ...at.env, ENCRYPTION_KEYS: 'nonsense' },
  })
  expect(code).toBe(78)
  expect(stderr).toContain('ENCRYPTION_KEYS')
})
