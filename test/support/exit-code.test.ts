import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { tempDir } from './temp-dir.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const VITEST = path('../../node_modules/vitest/vitest.mjs')

/** A run of one test, with what is set up before all runs of ours. */
async function exitCodeOf(body: string): Promise<number> {
  const folder = await tempDir()
  onTestFinished(() => folder.remove())
  const config = { test: { globals: true, globalSetup: [path('./postgres/global-setup.ts')] } }
  await writeFile(join(folder.path, 'vitest.config.mjs'), `export default ${JSON.stringify(config)}`)
  await writeFile(join(folder.path, 'one.test.js'), `test('one', () => { ${body} })`)
  const run = promisify(execFile)(process.execPath, [VITEST, 'run', '--root', folder.path])
  return run.then(
    () => 0,
    (error: unknown) => (error as { code: number }).code,
  )
}

test('a run in which a test fails ends with 1, one in which all pass with 0', async () => {
  expect(await exitCodeOf('expect(1).toBe(2)')).toBe(1)
  expect(await exitCodeOf('expect(1).toBe(1)')).toBe(0)
})
