import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shownText, visibleCharacters } from '../../src/shared/visible-text.ts'

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
    'I ❤️ CRM',
    '👩‍👩‍👧 & 👨🏽‍💻, 1️⃣, 🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}, 🇧🇷',
  ])('stays as it is: %s', (name) => {
    expect(shownText(name, 80)).toBe(name)
  })
})

describe('a hostile name', () => {
  test('cannot turn the direction of text', () => {
    expect(shownText('abc\u202Edcba\u202C \u2066x\u2069 \u200Fy', 80)).toBe('abcdcba x y')
  })

  test('cannot hide behind characters that show nothing', () => {
    expect(shownText('Ac\u200Bm\u034Fe\uFE0F\u200D\uFEFF\u00AD\u3164\u{E0041}', 80)).toBe('Acme')
  })

  test('stays on one line', () => {
    expect(shownText(' two\r\nlines\u2028and\u2029more\u0085\t\u0000end ', 80)).toBe('two lines and more end')
  })

  test('is cut between visible characters, not inside one', () => {
    expect(shownText('e\u0301e\u0301e\u0301🇧🇷🇧🇷', 4)).toBe('ééé…')
  })

  test('cannot pile marks over its neighbours', () => {
    expect(shownText(`x${'\u0301'.repeat(49)}y`, 80)).toBe('xy')
    expect(shownText(`x${'\u200b\u0301'.repeat(49)}y`, 80)).toBe('xy')
  })

  test('that shows nothing at all is a dash', () => {
    expect(shownText('\u200B\u2800 \u202E', 80)).toBe('—')
  })
})

const hostile = fc.constantFrom(
  ...[
    '\u200b',
    '\u00ad',
    '\u3164',
    '\u034f',
    '\ufe0f',
    '\u200d',
    '\u202e',
    '\u2066',
    '\u2800',
    '\u0000',
    '\ud83d',
  ],
  ...['\u0301'.repeat(60), '\u{E0067}', '❤', '❤\ufe0f', '👩', '🇧', 'क्', 'a', 'e\u0301', ' ', '\n'],
)
const hostileText = fc.oneof(
  anyText,
  fc.array(hostile, { maxLength: 60 }).map((parts) => parts.join('')),
)

test('whatever comes in, the result is short, on one line, and of visible characters', () => {
  fc.assert(
    fc.property(hostileText, fc.integer({ min: 1, max: 50 }), (text, longest) => {
      const name = shownText(text, longest)
      const besideEmoji = graphemes(name).filter(({ segment }) => !/^\p{RGI_Emoji}$/v.test(segment))
      for (const { segment } of besideEmoji) {
        expect(segment).not.toMatch(
          /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]|\p{Default_Ignorable_Code_Point}|\u2800/u,
        )
        expect(segment.length).toBeLessThanOrEqual(16)
      }
      expect(graphemes(name).length).toBeLessThanOrEqual(longest)
      expect(name).toBe(name.trim())
      expect(name).not.toBe('')
      expect(shownText(name, longest)).toBe(name)
    }),
    { numRuns: 1000 },
  )
})

test('a huge name is cut at once', () => {
  expect(shownText('x'.repeat(1_000_000), 10)).toBe('xxxxxxxxx…')
})

test('a plain name is taken letter by letter, as any other is', () => {
  const plain = fc.string({ unit: fc.constantFrom(...PRINTABLE), maxLength: 40 })
  fc.assert(
    fc.property(plain, (text) => {
      // A letter of another script makes it an unusual name, for which every way is gone.
      expect([...visibleCharacters(text), 'ж']).toEqual(visibleCharacters(`${text.trimEnd()}ж`))
    }),
    { numRuns: 1000 },
  )
})

const PRINTABLE = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))
