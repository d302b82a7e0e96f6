import { globSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { STATUSES } from '../../src/http/public/statuses.ts'
import { textOf } from './links.ts'

const page = textOf('docs/troubleshooting.md')
const rows = page.split('\n').filter((line) => line.startsWith('|'))

/** Codes that stand as whole texts in these sources. */
function codesIn(sources: string, code: RegExp): string[] {
  const files = globSync(sources, { cwd: join(import.meta.dirname, '../..') })
  const found = files.flatMap((file) => [...textOf(file).matchAll(code)].map(([, word = '']) => word))
  return [...new Set(found)].toSorted()
}

describe('what a customer can be told', () => {
  test.each(Object.entries(STATUSES))('%s, with its status %i', (reason, status) => {
    const said = [...rows, ...page.split('. ')].filter((text) => text.includes(`\`${reason}\``))
    expect(said.filter((text) => text.includes(String(status)))).not.toEqual([])
  })
})

test('why a step of an upload fails', () => {
  const codes = codesIn(
    'src/{upload,crm,wazzup}/**/*.ts',
    /'((?:export|address)_[a-z_]+|no_api_key|unforeseen_error|fewer_at_wazzup|not_open|key_refused|too_many_pipelines|subscriptions_off)'/g,
  )
  expect(codes.length).toBeGreaterThan(10)
  expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([])
})

test('why the service does not start', () => {
  const codes = codesIn(
    'src/{store,config,crypto}/**/*.ts',
    /code: '((?:database|encryption_key|migration|bad_configuration|storage_not|pooler)[a-z_]*)'/g,
  )
  expect(codes.length).toBeGreaterThan(8)
  expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([])
})
