import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { minutes } from '../../src/shared/clock.ts'
import { installed } from '../support/installed.ts'
import { tempDir } from '../support/temp-dir.ts'

const run = promisify(execFile)
const PROJECT = join(import.meta.dirname, '../..')
const { version } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8')) as { version: string }

/** What the script itself reads. */
const OWN_FILES = ['.ci/release', 'CHANGELOG.md', 'Dockerfile', 'package.json']

/** Stands before the programs that reach others: each call is written down. What npm does to `package.json` it does. */
const PROGRAMS = {
  docker: `case "$*" in *imagetools*) echo "$DIGEST" ;; esac`,
  npm: `case "$1" in pkg) exec "$NPM" "$@" ;; run) mkdir -p dist ;; esac`,
}

const ownEnv = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')))

/** Nobody's settings of git, and no other checkout, such as that of a hook that runs the tests. */
const ENV = { ...ownEnv, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`

/** A checkout of these files, in which everything is committed. */
async function checkoutOf(files: readonly string[]) {
  const folder = await tempDir()
  onTestFinished(() => folder.remove())
  const path = join(folder.path, 'checkout')
  for (const file of files) {
    await mkdir(dirname(join(path, file)), { recursive: true })
    await copyFile(join(PROJECT, file), join(path, file))
  }
  const git = (...words: string[]) =>
    run('git', ['-c', 'user.name=Test', '-c', 'user.email=test@crm.example', ...words], {
      cwd: path,
      env: ENV,
    })
  await git('init', '--quiet')
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'A release')
  return { path, git, outside: folder.path }
}

/** A version that can go out, and what the script would have others do. */
async function releasable() {
  const { path, git, outside } = await checkoutOf(OWN_FILES)
  await appendFile(join(path, 'CHANGELOG.md'), `\n## [${version}] – 2026-11-29\n`)
  await writeFile(join(path, '.gitignore'), 'dist\n')
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'Its section')
  await git('tag', `v${version}`)
  const calls = join(outside, 'calls')
  for (const [name, words] of Object.entries(PROGRAMS)) {
    await writeFile(join(outside, name), `#!/bin/sh\necho "${name} $*" >>"$CALLS"\n${words}\n`)
    await chmod(join(outside, name), 0o755)
  }
  const env = {
    ...{ ...ENV, CALLS: calls, DIGEST, NPM: installed('npm') ?? '' },
    ...{ PATH: `${outside}:${process.env['PATH'] ?? ''}` },
    ...{ GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'acme/wauth-connector' },
  }
  const publish = () => run(join(path, '.ci/release'), ['--publish'], { env })
  return { path, git, publish, calls: async () => (await readFile(calls, 'utf8')).split('\n') }
}

test('a release goes out with its provenance and the address of its repository, on a base image by digest', async () => {
  const { path, publish, calls } = await releasable()
  await publish()
  const base = `node:24-bookworm-slim@${DIGEST}`
  expect((await calls()).filter((call) => /^docker build |^npm (run|publish)/.test(call))).toEqual([
    ...['npm run build', 'npm run sbom'],
    expect.stringMatching(new RegExp(`^docker build --build-arg NODE_IMAGE=${base} .*:${version} \\.$`)),
    'npm publish --access public --provenance',
  ])
  expect(await readFile(join(path, 'dist/base-image.txt'), 'utf8')).toBe(`${base}\n`)
  // Without it the registry refuses a provenance.
  const { repository } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as {
    repository: { url: string }
  }
  expect(repository.url).toBe('git+https://github.com/acme/wauth-connector.git')
})

test('nothing goes out of a checkout with changes, or without the tag of its version', async () => {
  const { path, git, publish, calls } = await releasable()
  await git('tag', '--delete', `v${version}`)
  await expect(publish()).rejects.toMatchObject({
    ...{ code: 1, stderr: `release: this commit has no tag v${version}\n` },
  })
  await writeFile(join(path, 'new-file'), '')
  await expect(publish()).rejects.toMatchObject({ code: 1, stderr: 'release: the checkout has changes\n' })
  await expect(calls()).rejects.toThrow('ENOENT')
})

// It builds everything.
test(
  'the whole script ends with a package that could be published, and needs no registry for it',
  { tags: ['long'], timeout: minutes(10) },
  async () => {
    const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
    const listed = execFileSync('git', words, { cwd: PROJECT, env: ownEnv, encoding: 'utf8' }).split('\0')
    const { path } = await checkoutOf(listed.filter((file) => file && existsSync(join(PROJECT, file))))
    await symlink(join(PROJECT, 'node_modules'), join(path, 'node_modules'))
    // Docker would fetch an image.
    const env = {
      ...ENV,
      DOCKER_HOST: 'tcp://127.0.0.1:1',
      npm_config_registry: 'http://127.0.0.1:1/',
      // It reads what npm says, also where `npm run -s` has started it.
      npm_config_loglevel: 'notice',
    }
    const { stdout, stderr } = await run(join(path, '.ci/release'), { env, maxBuffer: 2 ** 26 })
    expect(stdout).toContain('release: there is no Docker, so no image is built')
    expect(stdout).toMatch(new RegExp(`^\\+ wauth-connector@${version}$`, 'm'))
    for (const file of ['dist/sbom.cdx.json', 'dist/licences.txt', 'dist/cli/wauth.js'])
      expect(stderr).toContain(file)
    expect(stderr).not.toMatch(/corrected some errors|test\/|\.map\b/)
  },
)
