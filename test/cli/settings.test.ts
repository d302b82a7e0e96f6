import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { renderEnvExample } from '../../src/config/render-env-example.ts'
import { settingsGroups } from '../../src/settings.ts'
import { compileCache } from '../support/service-process.ts'

const secret = 'canary-of-a-real-secret'

async function wauth(...args: string[]): Promise<string> {
  const command = new URL('../../src/cli/wauth.ts', import.meta.url).pathname
  const env = { PATH: process.env['PATH'], WAZZUP_SECRET: secret, ...compileCache }
  const { stdout } = await promisify(execFile)(process.execPath, [command, 'settings', ...args], { env })
  return stdout
}

test('prints a file to fill in, whatever is set already', async () => {
  const text = await wauth()
  expect(text).toBe(renderEnvExample(settingsGroups))
  expect(text).not.toContain(secret)
})

test('prints JSON for a script', async () => {
  expect(JSON.parse(await wauth('--json'))).toContainEqual(
    expect.objectContaining({ name: 'OIDC_ISSUER', required: true, secret: false, when: 'LOGIN=oidc' }),
  )
})

test('prints tables for the README', async () => {
  expect(await wauth('--markdown')).toContain('| `PORT` | The port of the public listener. | `3000` |')
})

test('takes one format at a time', async () => {
  await expect(wauth('--json', '--markdown')).rejects.toThrow(/cannot be used with/)
})

test('a reader that has seen enough is no error', async () => {
  const command = new URL('../../src/cli/wauth.ts', import.meta.url).pathname
  const script = `"$0" "$1" settings --json | true; echo "\${PIPESTATUS[0]}"`
  const env = { PATH: process.env['PATH'], ...compileCache }
  const { stdout, stderr } = await promisify(execFile)(
    'bash',
    ['--norc', '-c', script, process.execPath, command],
    {
      env,
    },
  )
  expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' })
})
