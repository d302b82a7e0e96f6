import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tempDir } from '../support/temp-dir.ts'

const root = new URL('../../', import.meta.url).pathname
const wauth = (folder: string, ...words: string[]) =>
  execFileSync(process.execPath, [join(folder, 'src/cli/wauth.ts'), ...words], { encoding: 'utf8' })

/** Null where there is no git, no repository, or none that this user may read. */
const { status, stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' })
const commit = status === 0 ? stdout.trim() : null
const unless = commit === null ? ', left out: `git rev-parse` names none here' : ''

test.skipIf(commit === null).each(['--version', '-V'])(
  `%s names the version and the commit of a checkout${unless}`,
  (word) => {
    expect(wauth(root, word)).toBe(`0.1.0 (${commit ?? ''})\n`)
  },
)

test('an image names the commit that it was built from, and a package alone its version', async () => {
  const folder = await tempDir()
  onTestFinished(() => folder.remove())
  for (const part of ['package.json', 'src'])
    cpSync(join(root, part), join(folder.path, part), { recursive: true })
  cpSync(join(root, 'node_modules/commander'), join(folder.path, 'node_modules/commander'), {
    recursive: true,
  })
  writeFileSync(join(folder.path, 'commit'), '')
  expect(wauth(folder.path, '--version')).toBe('0.1.0\n')
  writeFileSync(join(folder.path, 'commit'), 'abc1234')
  expect(wauth(folder.path, '--version')).toBe('0.1.0 (abc1234)\n')
})
