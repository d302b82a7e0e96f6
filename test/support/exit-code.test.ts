import { exec } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import { tempDir } from './temp-dir.ts'
import { eachOfFirst } from './long.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const VITEST = path('../../node_modules/vitest/vitest.mjs')
const { scripts } = JSON.parse(readFileSync(path('../../package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

/** What an npm script makes of a folder with these two tests, with the global set-up of this project. */
async function runOf(script: string, { short, long }: { short: string; long: string }) {
  const folder = await tempDir()
  onTestFinished(() => folder.remove())
  const setUp = { globals: true, globalSetup: [path('./postgres/global-setup.ts')], tags: [{ name: 'long' }] }
  await writeFile(join(folder.path, 'vitest.config.mjs'), `export default ${JSON.stringify({ test: setUp })}`)
  const tests = `test('short', () => { ${short} })\ntest('long', { tags: ['long'] }, () => { ${long} })`
  await writeFile(join(folder.path, 'two.test.js'), tests)
  const command = scripts[script]?.replace(/^vitest/, `"${process.execPath}" "${VITEST}"`)
  return new Promise<{ code: number; last: string | undefined }>((resolve) => {
    const env = { ...process.env, NO_COLOR: '1' }
    exec(`${command} --root "${folder.path}"`, { env }, (error, stdout) => {
      resolve({ code: error?.code ?? 0, last: /Tests {2}.*/.exec(stdout)?.[0] })
    })
  })
}

const [passes, fails] = ['expect(1).toBe(1)', 'expect(1).toBe(2)']

eachOfFirst(1)([
  ['test:run', { short: fails, long: passes }, { short: passes, long: fails }],
  ['test:long', { short: passes, long: fails }, { short: fails, long: passes }],
])('%s ends with 1 when a test of its own fails, with 0 when all of them pass', async (script, bad, good) => {
  expect(await runOf(script, bad)).toEqual({ code: 1, last: 'Tests  1 failed | 1 skipped (2)' })
  expect(await runOf(script, good)).toEqual({ code: 0, last: 'Tests  1 passed | 1 skipped (2)' })
})
