import { expect, test } from 'vitest'
import { REQUIREMENTS, requirementsOf } from './asvs.ts'
import { textOf } from './links.ts'

const text = textOf('docs/asvs.md')

/** Rows of a table: what stands in its first two columns. */
const rowsOf = (heading: string) => {
  const [, table = ''] = text.split(`| ${heading} |`)
  const lines = table.split('\n\n')[0]?.split('\n').slice(2) ?? []
  return lines.map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')))
}

const covered = rowsOf('Requirement').map(([name = '', by = '']) => ({ name: name.split(' ')[0] ?? '', by }))
const notApplying = rowsOf('Does not apply').flatMap(([names = '']) => names.split(', '))

test('every requirement of ASVS level 2 has one place, and no other has', () => {
  expect(REQUIREMENTS).toHaveLength(253)
  expect(notApplying.filter((name) => requirementsOf(name).length === 0)).toEqual([])
  const named = [...covered.map(({ name }) => name), ...notApplying.flatMap(requirementsOf)]
  expect(named.toSorted()).toEqual(REQUIREMENTS.toSorted())
})

test('they stand in their order', () => {
  const names = covered.map(({ name }) => name)
  expect(names).toEqual(REQUIREMENTS.filter((requirement) => names.includes(requirement)))
})

test('each names a test or a section, or says that nothing covers it', () => {
  const without = covered.filter(({ by }) => !/`[^`]+`|\]\(|\*\*Not covered\*\*/.test(by))
  expect(without).toEqual([])
})
