import { globSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { textOf } from './links.ts'

const workflow = textOf('.github/workflows/check.yml')

const release = textOf('.github/workflows/release.yml')

test.each([
  ['check', workflow],
  ['release', release],
])('every action of %s is pinned to a commit, with its version beside it', (_, text) => {
  const uses = [...text.matchAll(/uses: (.+)/g)].map(([, action]) => action)
  expect(uses.length).toBeGreaterThan(0)
  for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
})

test('what CI runs is what a person is told to run, in the same order', () => {
  const commands = [...textOf('.ci/run').matchAll(/^(npm .+|install_packages)$/gm)].map(([line]) => line)
  expect(commands).toEqual(['install_packages', 'npm ci', 'npm test', 'npm run test:long'])
  for (const file of ['README.md', 'CONTRIBUTING.md'])
    for (const command of ['npm test', 'npm run test:long']) expect(textOf(file)).toContain(command)
})

test('every file of test/long is left to the long run', () => {
  const cwd = join(import.meta.dirname, '../..')
  const files = globSync('test/long/**/*.test.ts', { cwd })
  expect(files.filter((file) => !/^\/\/ @module-tag long\n/.test(textOf(file)))).toEqual([])
})

test('the whole check runs on every Node that is supported', () => {
  expect(workflow).toContain('node: [22, 24, 26]')
  expect(workflow).toContain('run: npm run check\n      - run: npm run test:long\n')
  const { engines } = JSON.parse(textOf('package.json')) as { engines: { node: string } }
  expect(engines.node).toMatch(/^>=22\./)
})

test('a tag is released by the script that a person can run, with provenance and SBOM, after all tests', () => {
  const commands = [...release.matchAll(/^ +- run: (.+)$/gm)].map(([, command]) => command)
  expect(commands.slice(0, 2)).toEqual(['.ci/run', '.ci/release --publish'])
  expect(commands[2]).toContain('dist/sbom.cdx.json')
  expect(release).toContain('id-token: write')
  expect(textOf('.ci/release')).toMatch(/--provenance[^]*npm run sbom[^]*npm publish/)
})
