import { expect, test } from 'vitest'
import { readPage } from '../../../src/crm/export/read-page.ts'

const page = { items: [{ id: 'u-1' }], next: 'more' }
const read = (more: object) => readPage(JSON.stringify({ ...page, ...more }))

test.each([['3'], [-1], [1.5], [{}], [true], [1e300]])('a total of %j is as good as none', (total) => {
  expect(read({ total })).toEqual({ kind: 'page', page: { ...page, total: null } })
})

test.each([
  [200, '200'],
  [0, '0'],
])('a number is a cursor, too: %j', (next, cursor) => {
  expect(read({ next })).toMatchObject({ page: { next: cursor } })
})

test.each([[''], [undefined], [-1], [1.5], [false], ['x'.repeat(2001)], ['a\0b'], ['\ud83d']])(
  'what may be the end or a mistake is not taken for the end: next %j',
  (next) => {
    expect(read({ next })).toMatchObject({ kind: 'unavailable', code: 'export_malformed' })
  },
)
