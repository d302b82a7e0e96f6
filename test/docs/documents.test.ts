import { globSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dangling, textOf } from './links.ts'

const root = join(import.meta.dirname, '../..')
const DOCUMENTS = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).toSorted()

const kilobytes = (n: number) => n * 1024

/** A page is read in one go. The audit table and the changelog are looked up in. */
const LARGEST: Record<string, number> = {
  'README.md': kilobytes(12),
  'SECURITY.md': kilobytes(12),
  'CHANGELOG.md': Infinity,
  'docs/asvs.md': Infinity,
}

test.each(DOCUMENTS)('%s is not too long to be read', (file) => {
  expect(Buffer.byteLength(textOf(file))).toBeLessThanOrEqual(LARGEST[file] ?? kilobytes(14))
})

test.each(DOCUMENTS)('what %s names is there', (file) => {
  expect(dangling(file, textOf(file))).toEqual([])
})

test('the README leads to every document', () => {
  const readme = textOf('README.md')
  const unnamed = DOCUMENTS.filter((file) => file !== 'README.md' && !readme.includes(`](${file}`))
  expect(unnamed).toEqual([])
})

test('a name that leads nowhere is found out', () => {
  const lines = [
    '`test/nowhere.test.ts`, `test/architecture.test.ts` "no such title"',
    '[x](#no-such-section), [x](README.md#no-such-section), [x](NOWHERE.md)',
    '`test/docs/documents.test.ts` "what %s names is there", [x](#reporting), [x](README.md#the-flow)',
  ]
  expect(dangling('SECURITY.md', lines.join('\n'))).toEqual([
    'test/nowhere.test.ts',
    'test/architecture.test.ts "no such title"',
    'SECURITY.md#no-such-section',
    'README.md#no-such-section',
    'NOWHERE.md',
  ])
})

/** Words that make a reader decode, who may not be a native speaker. */
const HARD = /\bwhoever\b|\banew\b|\bof ours\b|\btold of\b|\bgone on with\b|\btells of\b/i

test('no text has words that a reader has to decode', () => {
  const texts = globSync(['src/**/*.{ts,js,json,eta,css}', 'docs/**/*', '*.md'], { cwd: root })
  const found = texts
    .filter((file) => /\.\w+$/.test(file) && file !== 'CHANGELOG.md')
    .flatMap((file) =>
      textOf(file)
        .split('\n')
        .flatMap((line, index) => (HARD.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
    )
  expect(found).toEqual([])
})
