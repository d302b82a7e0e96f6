import { expect, test } from 'vitest'
import { lookAlikeIn } from '../../src/config/character-name.ts'

test.each([
  ['A\u0441me', 'a Cyrillic "\u0441" (U+0441) instead of the Latin "c"'],
  ['https://cr\u043c.example', 'a Cyrillic "\u043c" (U+043C) instead of the Latin "m"'],
  ['my\u200bcrm', 'an invisible character (U+200B)'],
  ['\u03b1cme', '"\u03b1" (U+03B1)'],
])('%s has a letter that only looks Latin', (text, name) => {
  expect(lookAlikeIn(text)).toBe(name)
})

test.each(['Acme CRM', 'Мой магазин', 'CRM Ромашка', 'Müller & Söhne', 'https://crm.example/a?b=c'])(
  '%s is as it should be',
  (text) => {
    expect(lookAlikeIn(text)).toBeNull()
  },
)
