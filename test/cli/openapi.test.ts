import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('prints the document that the internal listener serves', async () => {
  const command = new URL('../../src/cli/wauth.ts', import.meta.url).pathname
  const env = { PATH: process.env['PATH'] }
  const { stdout } = await promisify(execFile)(process.execPath, [command, 'openapi'], { env })
  expect(stdout).toBe(readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8'))
})
