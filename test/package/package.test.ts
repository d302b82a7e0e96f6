import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { tempDir } from '../support/temp-dir.ts'

const run = promisify(execFile)
const project = join(import.meta.dirname, '../..')

/** What `npm run build && npm pack` gives a vendor. */
describe('the package', () => {
  let dir: Awaited<ReturnType<typeof tempDir>>
  let tarball: Buffer
  let files: string[]
  beforeAll(async () => {
    dir = await tempDir()
    // `npm test` has built it before; a single test file may come first.
    if (!existsSync(join(project, 'dist/package/open-keys.js')))
      await run('npm', ['run', 'build'], { cwd: project })
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', dir.path], { cwd: project })
    const packed = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[]
    files = packed[0]?.files.map(({ path }) => path) ?? []
    tarball = await readFile(join(dir.path, packed[0]?.filename ?? ''))
  }, 600_000)
  afterAll(() => dir.remove())

  test('has what is needed to run it, and nothing of the tests', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'dist/package/open-keys.js',
        'dist/package/open-keys.d.ts',
        'dist/cli/wauth.js',
        'README.md',
      ]),
    )
    expect(files.filter((file) => file.startsWith('migrations/sqlite/')).length).toBeGreaterThan(1)
    expect(files.filter((file) => /^(test|src)\/|\.env$/.test(file))).toEqual([])
  })

  test('passes publint', async () => {
    const pkg = JSON.parse(await readFile(join(project, 'package.json'), 'utf8')) as Record<string, unknown>
    const data = tarball.buffer.slice(
      tarball.byteOffset,
      tarball.byteOffset + tarball.byteLength,
    ) as ArrayBuffer
    const { messages } = await publint({ pack: { tarball: data }, strict: true })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  }, 120_000)

  test('has types that are right for those who import it', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)))
    if (!analysis.types) throw new Error('the package has no types')
    // An ESM package: CommonJS callers need a dynamic import, and the resolution of Node 10 knows no exports.
    const expected = ['CJSResolvesToESM', 'NoResolution']
    expect(analysis.problems.filter(({ kind }) => !expected.includes(kind))).toEqual([])
    const unresolved = analysis.problems.filter(({ kind }) => kind === 'NoResolution')
    expect(unresolved.map((problem) => 'resolutionKind' in problem && problem.resolutionKind)).toEqual([
      'node10',
    ])
  }, 300_000)
})
