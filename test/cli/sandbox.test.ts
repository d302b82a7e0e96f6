import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { atHand } from '../support/freshly-built.ts'
import { compileCache, onlyLoopback } from '../support/service-process.ts'
import { tempDir } from '../support/temp-dir.ts'
import { wauth } from '../support/wauth-command.ts'

const WAUTH = atHand('cli/wauth')

const SETTINGS = {
  WAZZUP_CRM_CODE: 'acme-crm',
  WAZZUP_SECRET: 'a-secret-that-is-long-enough-for-it',
  CRM_NAME: 'Acme CRM',
  PUBLIC_URL: 'http://127.0.0.1:3000',
  NODE_ENV: 'development',
}

/** Runs `wauth sandbox` in an empty folder; resolves when it has said where to go. */
async function sandbox(env: Record<string, string>, ...options: string[]) {
  const folder = await tempDir()
  const child = spawn(process.execPath, [...onlyLoopback, WAUTH, 'sandbox', ...options], {
    env: { PATH: process.env['PATH'], ...compileCache, ...env },
    cwd: folder.path,
  })
  const closed = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await closed
    await folder.remove()
  })
  const [said, warned] = [[] as Buffer[], [] as Buffer[]]
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => warned.push(chunk))
  await expect.poll(() => said.join('')).toContain('Ctrl-C ends it')
  return { said: said.join(''), warned, child, closed }
}

test('shows the module of these settings with «Connect», and leads to the service of these settings', async () => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const { said } = await sandbox({ ...SETTINGS, WAZZUP_API_URL: url }, '--port', String(port))
  expect(said).toContain(`${url}/ `)
  expect(said).toContain('Your settings lead here')
  expect(await fetch(`${url}/`).then((page) => page.text())).toMatch(/Acme CRM[^]*Connect<\/button>/)
  const sent = await fetch(`${url}/marketplace/connect?crmCode=acme-crm`, { redirect: 'manual' })
  expect(sent.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1:3000\/wauth\?state=ey/)
})

test('says what to write where the settings lead to another Wazzup', async () => {
  const { said } = await sandbox({ ...SETTINGS, NODE_ENV: '' }, '--port', '0')
  expect(said).toMatch(
    /Write into \.env.*:\n\n {4}NODE_ENV=development\n {4}WAZZUP_API_URL=http:\/\/127\.0\.0\.1:\d+\n/,
  )
  expect(said).not.toContain(SETTINGS.WAZZUP_SECRET)
})

test('takes the partner key that it was started with, and another one is told that', async () => {
  const port = await freePort()
  const env = {
    ...SETTINGS,
    WAZZUP_API_URL: `http://127.0.0.1:${port}`,
    WAZZUP_PARTNER_API_KEY: 'a-key-of-the-vendor',
  }
  const { said } = await sandbox(env, '--port', String(port))
  expect(said).toContain('start it again when you change one of them')
  const set = (key: string) =>
    wauth(['module', 'set', '--yes'], { env: { ...env, WAZZUP_PARTNER_API_KEY: key } })
  expect(await set('a-key-of-the-vendor')).toMatchObject({ code: 0 })
  const { code, stderr } = await set('one-written-later')
  expect(stderr).toContain('A sandbox takes the key that it was started with.')
  expect(code).toBe(1)
})

test('ends with Ctrl-C', async () => {
  const { child, closed } = await sandbox(SETTINGS, '--port', '0')
  child.kill('SIGINT')
  expect(await closed).toEqual([0, null])
})

test.each([
  ['a port that is taken', ['--port', 'taken'], /Nothing can listen on port \d+/, 1],
  ['no port', ['--port', 'seven'], /whole number from 0 to 65535/, 2],
])('with %s it says so, and what to do', async (_what, options, words, code) => {
  const port = await freePort()
  await sandbox(SETTINGS, '--port', String(port))
  const args = options.map((option) => (option === 'taken' ? String(port) : option))
  const ended = await wauth(['sandbox', ...args], { env: SETTINGS })
  expect(ended.stderr).toMatch(words)
  expect(ended.code).toBe(code)
})

test('without settings it names all that are missing', async () => {
  const { stderr, code } = await wauth(['sandbox'])
  for (const name of ['WAZZUP_CRM_CODE', 'WAZZUP_SECRET', 'PUBLIC_URL']) expect(stderr).toContain(name)
  expect(code).toBe(78)
})

test('the signal on which Node opens its debugger opens nothing, without a flag of Node, too', async () => {
  const port = await freePort()
  const { child, closed, warned } = await sandbox(SETTINGS, '--port', String(port))
  child.kill('SIGUSR1')
  for (let asked = 0; asked < 20; asked += 1)
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
  child.kill('SIGTERM')
  await closed
  expect(warned.join('')).not.toContain('Debugger')
})
