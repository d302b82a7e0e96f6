import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isTooMuch, SOON_READ } from '../../../src/crm/export/page-size.ts'
import { readPage } from '../../../src/crm/export/read-page.ts'

const page = (items: string) => `{"meta":{"n":1},"items":[${items}],"next":null}`
const rows = (n: number, row = '{}') => Array(n).fill(row).join()
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const names = (n: number) => Array.from({ length: n }, (_, i) => `{"k${i}":1}`).join()

/** White space means nothing, and is looked through. */
const long = (text: string) => text + ' '.repeat(SOON_READ)

const tookFor = (work: () => void) => {
  const started = performance.now()
  work()
  return performance.now() - started
}

/** The quickest of five: other work on the machine can only add time. */
const quickest = (prepare: () => () => void) =>
  Math.min(...Array.from({ length: 5 }, () => tookFor(prepare())))

test.each([
  ['50,000 rows', page(rows(50_000)), false],
  ['one more', page(rows(50_001)), true],
  ['20 levels', page(deep(18)), false],
  ['one more', page(deep(19)), true],
  ['20 values for each of 50,000 rows', page(rows(49_000, `[${rows(19, '1')}]`)), false],
  ['more than a million', page(rows(49_000, `[${rows(21, '1')}]`)), true],
  ['5000 names', page(names(4990)), false],
  ['more', page(names(5001)), true],
])('%s', (_, text, isMuch) => {
  expect(isTooMuch(long(text))).toBe(isMuch)
  expect(readPage(long(text))).toMatchObject(
    isMuch ? { code: 'export_page_too_large', status: 200 } : { kind: 'page' },
  )
})

test('a short page may have any names, and no more rows and levels than a long one', () => {
  for (const text of [page(deep(18)), page(names(15_000)), page(rows(50_000))]) {
    expect(text.length).toBeLessThan(SOON_READ)
    expect(readPage(text)).toMatchObject({ kind: 'page' })
  }
  const nested = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels)
  for (const much of [rows(50_001), deep(19), nested(19), `{"id":1},${nested(40_000)}`, deep(100_000)]) {
    expect(much.length).toBeLessThan(SOON_READ)
    expect(readPage(page(much))).toMatchObject({ code: 'export_page_too_large', status: 200 })
  }
})

test('the worst short page is sooner read than the largest page that is let through', () => {
  const row = JSON.stringify(Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`the field ${n}`, [n]])))
  const largest = page(rows(50_000, row))
  expect(largest.length).toBeLessThan(10 * 1024 * 1024)
  expect(isTooMuch(largest)).toBe(false)
  const readingIt = quickest(() => () => readPage(largest))
  // What was read before is read sooner the next time.
  let latest = 0
  const ownNames = (perRow: number) => {
    const own = () => `{${Array.from({ length: perRow }, () => `"${(latest += 1).toString(36)}":1`).join()}}`
    const text = page(Array.from({ length: Math.floor(SOON_READ / (9 * perRow + 3)) }, own).join())
    expect(text.length).toBeLessThan(SOON_READ)
    expect(text.length).toBeGreaterThan(SOON_READ * 0.7)
    return () => readPage(text)
  }
  for (const perRow of [1, 5, 50, 100]) expect(quickest(() => ownNames(perRow))).toBeLessThan(readingIt)
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
  const judging = tookFor(() => {
    for (const text of ['['.repeat(9_800_000), ...readable]) expect(isTooMuch(text)).toBe(true)
  })
  const reading = tookFor(() => {
    for (const text of readable) JSON.parse(text)
  })
  expect(judging).toBeLessThan(reading)
})
