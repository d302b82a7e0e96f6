import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { tempDir } from '../support/temp-dir.ts'

const run = promisify(execFile)
const project = join(import.meta.dirname, '../..')

interface Manifest {
  private?: boolean
  dependencies: Record<string, string>
  optionalDependencies?: Record<string, string>
}

/** The machine's own Node, where it is one that this package does not run on. */
const olderNode = ['/usr/bin/node', '/usr/local/bin/node'].find(
  (path) => existsSync(path) && /^v(1\d|20)\./.test(execFileSync(path, ['--version'], { encoding: 'utf8' })),
)

/** What `npm run build && npm pack` gives a vendor. */
describe('the package', () => {
  let dir: Awaited<ReturnType<typeof tempDir>>
  let tarball: Buffer
  let tarballName: string
  let files: string[]
  beforeAll(async () => {
    dir = await tempDir()
    // `npm test` has built it before; a single test file may come first.
    if (!existsSync(join(project, 'dist/package/open-keys.js')))
      await run('npm', ['run', 'build'], { cwd: project })
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', dir.path], { cwd: project })
    const packed = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[]
    files = packed[0]?.files.map(({ path }) => path) ?? []
    tarballName = packed[0]?.filename ?? ''
    tarball = await readFile(join(dir.path, tarballName))
  }, 600_000)
  afterAll(() => dir.remove())

  test('has what is needed to run it, and nothing of the tests', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'dist/package/open-keys.js',
        'dist/package/open-keys.d.ts',
        'dist/cli/wauth.js',
        // The packages are in the files of the build.
        'dist/licences.txt',
        'README.md',
      ]),
    )
    expect(files.filter((file) => file.startsWith('migrations/sqlite/')).length).toBeGreaterThan(1)
    expect(files.filter((file) => /^(test|src)\/|\.env$|\.map$/.test(file))).toEqual([])
  })

  test('brings no Node of its own, can be published, and has what the sandbox needs', async () => {
    const { dependencies, ...pkg } = JSON.parse(
      await readFile(join(project, 'package.json'), 'utf8'),
    ) as Manifest
    expect([pkg.private, pkg.optionalDependencies]).toEqual([undefined, undefined])
    expect(Object.keys(dependencies).filter((name) => /^node-(bin-)?(linux|darwin|win)/.test(name))).toEqual(
      [],
    )
    expect(dependencies).toMatchObject({ 'oidc-provider': expect.anything() as unknown })
  })

  describe('unpacked, as `npm install --global` does it', () => {
    let command: string
    beforeAll(async () => {
      const modules = join(dir.path, 'lib/node_modules')
      const home = join(modules, 'wauth-connector')
      await mkdir(home, { recursive: true })
      await run('tar', ['-xzf', join(dir.path, tarballName), '--strip-components=1', '-C', home])
      await symlink(join(project, 'node_modules'), join(home, 'node_modules'))
      command = join(dir.path, 'wauth')
      await symlink(join(home, 'dist/cli/wauth.js'), command)
    })

    test('it runs, with its sandbox and its demo', async () => {
      const wauth = async (...words: string[]) =>
        (await run(process.execPath, [command, ...words], { cwd: dir.path })).stdout
      expect(await wauth('--version')).toBe('0.1.0\n')
      expect(await wauth('demo', '--auto')).not.toBe('')
    })

    test.skipIf(!olderNode)('on a Node that is too old it says which one it needs', async () => {
      const { code, stderr } = (await run(olderNode ?? '', [command, '--version']).catch(
        (error: unknown) => error,
      )) as { code: number; stderr: string }
      expect(code).toBe(78)
      expect(stderr).toMatch(/^This needs Node 22\.20 or newer; this is 2\d\.\d+\.\d+\.\n$/)
    })
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
