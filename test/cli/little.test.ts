import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Help } from 'commander'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { COMMANDS as KEYS } from '../../src/cli/keys/index.ts'
import { COMMANDS } from '../../src/cli/program.ts'
import { BUILDING, builtCommand, runWauth } from '../support/built-command.ts'
import { tempDir } from '../support/temp-dir.ts'

let dist: string
beforeAll(async () => {
  dist = dirname(dirname(await builtCommand()))
}, BUILDING)

/** What Node writes down of the scripts that a process has read. */
const Coverage = z.object({ result: z.array(z.object({ url: z.string() })) })

/** The built files that a command reads, without what the build adds to their names. */
async function filesReadBy(...words: string[]): Promise<string[]> {
  const dir = await tempDir()
  onTestFinished(() => dir.remove())
  const seen = await mkdtemp(join(dir.path, 'seen-'))
  await runWauth(words, {
    env: { NODE_V8_COVERAGE: seen, DATABASE_URL: '', INTERNAL_PORT: '9' },
    cwd: dir.path,
  })
  const [file = ''] = await readdir(seen)
  const { result } = Coverage.parse(JSON.parse(await readFile(join(seen, file), 'utf8')))
  const read = result.flatMap(({ url }) => (url.startsWith('file:') ? [fileURLToPath(url)] : []))
  return read.map((path) => relative(dist, path)).filter((path) => !path.startsWith('..'))
}

const nameOf = (file: string) => file.replace(/-.{8}\.js$/, '.js')

test('the version is in the file that is started', async () => {
  expect(await filesReadBy('--version')).toEqual(['cli/wauth.js'])
})

test.each([['keys', 'generate'], ['keys', '--help'], ['--help'], ['help'], ['conections', 'list']])(
  'wauth %s %s reads what every command reads, and no other command',
  async (...words) => {
    const files = await filesReadBy(...words)
    expect(files.map(nameOf).toSorted()).toEqual(['chunks/command.js', 'cli/program.js', 'cli/wauth.js'])
  },
)

test('what the container is asked for its health every half minute reads neither a driver nor a login', async () => {
  const files = await filesReadBy('health')
  expect(files.map(nameOf)).toContain('chunks/health.js')
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(dist, file))).size))
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(400 * 1024)
})

const lists = [
  ...Object.entries(COMMANDS).map((entry) => ['wauth', ...entry] as const),
  ...Object.entries(KEYS).map((entry) => ['wauth keys', ...entry] as const),
]

test.each(lists)('the list of %s says of %s what it takes', async (_, name, { takes, load }) => {
  const shown = [name, takes].filter(Boolean).join(' ')
  expect(new Help().subcommandTerm(await load([]))).toBe(shown)
})
