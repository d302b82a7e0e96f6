import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanName } from '../../../../src/http/public/pages/clean-name.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 200 })
const graphemes = (text: string) => [...new Intl.Segmenter('en').segment(text)]

describe('an honest name', () => {
  test.each([
    'Acme & Söhne GmbH',
    'ООО «Ромашка»',
    'شركة النور',
    '株式会社',
    'O’Brien <Sales>',
    'श्रीमती कार्त्स्न्य',
  ])('stays as it is: %s', (name) => {
    expect(cleanName(name, 80)).toBe(name)
  })
})

describe('a hostile name', () => {
  test('cannot turn the direction of text', () => {
    expect(cleanName('abc\u202Edcba\u202C \u2066x\u2069 \u200Fy', 80)).toBe('abcdcba x y')
  })

  test('cannot hide behind characters that show nothing', () => {
    expect(cleanName('Ac\u200Bme\u200D\uFEFF\u00AD\u3164\u{E0041}', 80)).toBe('Acme')
  })

  test('stays on one line', () => {
    expect(cleanName(' two\r\nlines\u2028and\u2029more\u0085\t\u0000end ', 80)).toBe('two lines and more end')
  })

  test('is cut between visible characters, not inside one', () => {
    expect(cleanName('e\u0301e\u0301e\u0301🇧🇷🇧🇷', 4)).toBe('e\u0301e\u0301e\u0301…')
  })

  test('cannot pile marks over its neighbours', () => {
    expect(cleanName(`a${'\u0301'.repeat(500)}b`, 80)).toBe('\ufffdb')
  })

  test('that shows nothing at all is a dash', () => {
    expect(cleanName('\u200B\u2800 \u202E', 80)).toBe('—')
  })
})

test('whatever comes in, the result is short, on one line, and of visible characters', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 50 }), (text, longest) => {
      const name = cleanName(text, longest)
      expect(name).not.toMatch(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|\p{Default_Ignorable_Code_Point}/u)
      expect(graphemes(name).length).toBeLessThanOrEqual(longest)
      expect(name).toBe(name.trim())
      expect(name).not.toBe('')
    }),
  )
})

test('a huge name is cut at once', () => {
  expect(cleanName('x'.repeat(1_000_000), 10)).toBe('xxxxxxxxx…')
})
