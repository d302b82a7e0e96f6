import { mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { isFresh } from './freshly-built.ts'
import { tempDir } from './temp-dir.ts'

const BUILT_FROM = [
  'package.json',
  'package-lock.json',
  'rolldown.config.ts',
  'src/main.ts',
  'src/cli/wauth.ts',
]
const BUILD = 'dist/sbom.cdx.json'

/** A project whose build is a minute younger than all that it is built from. */
async function builtProject() {
  const dir = await tempDir()
  onTestFinished(() => dir.remove())
  const { path } = dir
  const change = async (file: string, minute: number) => {
    await mkdir(dirname(join(path, file)), { recursive: true })
    await writeFile(join(path, file), '')
    await utimes(join(path, file), minute * 60, minute * 60)
  }
  for (const file of BUILT_FROM) await change(file, 1)
  await change(BUILD, 2)
  return { path, change }
}

test('a build that is younger than its sources is what tests start', async () => {
  expect(isFresh((await builtProject()).path)).toBe(true)
})

test.each(BUILT_FROM)('no test starts a build from before a change of %s', async (file) => {
  const { path, change } = await builtProject()
  await change(file, 3)
  expect(isFresh(path)).toBe(false)
})

test('nor one that is under way, or is not there', async () => {
  const { path } = await builtProject()
  await rm(join(path, BUILD))
  expect(isFresh(path)).toBe(false)
})
