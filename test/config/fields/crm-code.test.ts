import { describe, expect, test } from 'vitest'
import { crmCode } from '../../../src/config/fields/crm-code.ts'
import { readField } from '../../support/read-field.ts'

describe('crmCode', () => {
  test.each(['my-crm', 'A_9', 'x'.repeat(50)])('accepts %s', (code) => {
    expect(readField(crmCode(), code)).toBe(code)
  })

  test.each([
    ['my-\u0441rm', 'refused: has a Cyrillic "\u0441" (U+0441) instead of the Latin "c" at position 4'],
    ['\u041CyCRM', 'refused: has a Cyrillic "\u041C" (U+041C) instead of the Latin "M" at position 1'],
    ['my crm', 'refused: has a space (U+0020) at position 3'],
    ['my\u00A0crm', 'refused: has a space (U+00A0) at position 3'],
    ['crm\u200B', 'refused: has an invisible character (U+200B) at position 4'],
    ['crm.example', 'refused: has "." (U+002E) at position 4'],
    ['a\u{1F600}', 'refused: has "\u{1F600}" (U+1F600) at position 2'],
    ['x'.repeat(51), 'refused: is longer than 50 characters'],
  ])('says of %j what is wrong and where', (code, refusal) => {
    expect(readField(crmCode(), code)).toBe(refusal)
  })
})
