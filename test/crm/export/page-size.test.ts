import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isTooMuch } from '../../../src/crm/export/page-size.ts'
import { readPage } from '../../../src/crm/export/read-page.ts'

const page = (items: string) => `{"meta":{"n":1},"items":[${items}],"next":null}`
const rows = (n: number, row = '{}') => Array(n).fill(row).join()
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)

test.each([
  ['50,000 rows', page(rows(50_000)), false],
  ['one more', page(rows(50_001)), true],
  ['20 levels', page(deep(18)), false],
  ['one more', page(deep(19)), true],
  ['20 values for each of 50,000 rows', page(rows(49_000, `[${rows(19, '1')}]`)), false],
  ['more than a million', page(rows(49_000, `[${rows(21, '1')}]`)), true],
  ['5000 names', page(Array.from({ length: 4990 }, (_, n) => `{"k${n}":1}`).join()), false],
  ['more', page(Array.from({ length: 5001 }, (_, n) => `{"k${n}":1}`).join()), true],
])('%s', (_, text, isMuch) => {
  expect(isTooMuch(text)).toBe(isMuch)
  expect(readPage(text)).toMatchObject(
    isMuch ? { code: 'export_page_too_large', status: 200 } : { kind: 'page' },
  )
})

test('what stands in a text is a text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('[', '{', ',', ':', '"', '\\', 'x'), maxLength: 200 }),
      (name) => {
        expect(readPage(page(JSON.stringify({ id: name })))).toMatchObject({
          page: { items: [{ id: name }] },
        })
      },
    ),
  )
})

test('a page that could keep everybody waiting is judged before it is read', () => {
  const readable = [page(rows(3_000_000, '1')), page(rows(1_000_000, '"\\""'))]
  const tookFor = (work: () => void) => {
    const started = performance.now()
    work()
    return performance.now() - started
  }
  const judging = tookFor(() => {
    for (const text of ['['.repeat(9_800_000), ...readable]) expect(isTooMuch(text)).toBe(true)
  })
  const reading = tookFor(() => {
    for (const text of readable) JSON.parse(text)
  })
  expect(judging).toBeLessThan(reading)
})
