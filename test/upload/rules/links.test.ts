import fc from 'fast-check'
import { expect, test } from 'vitest'
import { uriOf } from '../../../src/upload/rules/text.ts'

const ORIGIN = 'https://crm.example:8443'

/** Parts that the URL parser leaves, changes, drops, or reads as something else. */
const part = fc.oneof(
  fc.stringMatching(/^[\w~-]{1,8}$/),
  fc.constantFrom(
    '/',
    '//',
    '/.',
    '/..',
    '/./',
    '.',
    '%2e',
    '%41',
    '?',
    '?a=1',
    '&',
    '#',
    '#x',
    ':80',
    '@',
    ' ',
  ),
  fc.constantFrom(
    '\\',
    'ä',
    '"',
    '<',
    "'",
    '|',
    '+',
    ';',
    ',',
    '(',
    '/.well-known',
    'a.b',
    '[',
    '^',
    '`',
    '{',
  ),
)

test('a link is sent as the URL parser writes it, also behind another one of the same origin', () => {
  let asGiven = 0
  const tail = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(tail, (given) => {
      const value = `${ORIGIN}${given}`
      expect(uriOf(`${ORIGIN}/before`).kind).toBe('uri')
      const told = uriOf(value)
      if (told.kind !== 'uri') return
      asGiven += told.uri === value ? 1 : 0
      expect(told.uri).toBe(URL.parse(value)?.href)
    }),
    { numRuns: 5000 },
  )
  expect(asGiven).toBeGreaterThan(100)
})

test.each([
  ['https://crm.example:8443.evil.example/x'],
  [`${ORIGIN}/${'x'.repeat(200)}`],
  ['https://crm.example:84431/x'],
])('an origin that only begins like the one before is looked at by itself: %s', (value) => {
  uriOf(`${ORIGIN}/before`)
  expect(uriOf(value)).toEqual({ kind: 'bad' })
})
