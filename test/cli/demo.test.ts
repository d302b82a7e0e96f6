import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { atHand } from '../support/freshly-built.ts'
import { compileCache, onlyLoopback } from '../support/service-process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { eachOfFirst, LONG } from '../support/long.ts'

const WAUTH = atHand('cli/wauth')

let temporary: Awaited<ReturnType<typeof tempDir>>
beforeEach(async () => {
  temporary = await tempDir()
})
afterEach(() => temporary.remove())

/** Runs `wauth demo` on a machine where nothing is configured. */
async function demo(...options: string[]) {
  const env = { PATH: process.env['PATH'], TMPDIR: temporary.path, ...compileCache }
  const child = spawn(process.execPath, [...onlyLoopback, WAUTH, 'demo', ...options], { env })
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ])
  return { code, stdout, stderr }
}

describe.each(['oidc', 'handoff'])('wauth demo --auto, with login by %s', (login) => {
  test('says every step, and at the end what was connected', async () => {
    const { code, stdout, stderr } = await demo('--auto', '--login', login)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.trim().split('\n')
    expect(lines.filter((line) => line.startsWith('• '))).toEqual([
      '• open the Wazzup marketplace',
      '• press "Connect"',
      '• log in to the CRM as acme-admin',
      '• read the confirm page and press the button',
      '• see the result: connected',
    ])
    const at = lines.indexOf('Connected.')
    expect(lines.slice(at, at + 4)).toEqual([
      'Connected.',
      expect.stringMatching(/^ *CRM account +Acme Travel \(acme\)$/),
      expect.stringMatching(/^ *Wazzup account +31415926$/),
      expect.stringMatching(/^ *apiKey +[0-9a-f]{4}…[0-9a-f]{2}, /),
    ])
    expect(lines.slice(-7)).toEqual([
      'users done, pipelines done, contacts done, deals done, webhooks done',
      expect.stringMatching(/^ *upload +complete: /),
      expect.stringMatching(/^ *change +a contact was renamed in the CRM/),
      expect.stringMatching(/^ *webhook +arrived, authenticated by its crmKey as acme$/),
      expect.stringMatching(/^ *forged webhook +refused with 401$/),
      expect.stringMatching(/^ *event +connection\.connected arrived, its signature verified by /),
      expect.stringMatching(/^ *forged event +refused with 401$/),
    ])
  })

  test('shows no key, and leaves nothing behind', login === 'oidc' ? {} : LONG, async () => {
    const { code, stdout, stderr } = await demo('--auto', '--login', login, '--verbose')
    expect(code).toBe(0)
    expect(stderr).toContain('"event":"connect.confirm"')
    expect(stdout + stderr).not.toMatch(/[0-9a-f]{32}/i)
    expect(await readdir(temporary.path)).toEqual([])
  })
})

eachOfFirst(1)(['--nonsense', '--login ldap', '--auto now'])('wauth demo %s: bad usage', async (options) => {
  const { code, stdout, stderr } = await demo(...options.split(' '))
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^error: /)
  expect(await readdir(temporary.path)).toEqual([])
})
