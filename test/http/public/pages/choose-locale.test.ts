import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseLocale, LOCALES } from '../../../../src/http/public/pages/choose-locale.ts'

const accept = (acceptLanguage: string | undefined) =>
  chooseLocale({ query: undefined, cookie: undefined, acceptLanguage })

describe('the browser’s preferences', () => {
  test.each([
    [undefined, 'en'],
    ['', 'en'],
    ['ru', 'ru'],
    ['ru-RU,ru;q=0.9,en-US;q=0.8', 'ru'],
    ['pt', 'pt-BR'],
    ['pt-PT, en;q=0.5', 'pt-BR'],
    ['ES-419', 'es'],
    ['de, fr;q=0.9, es;q=0.2', 'es'],
    ['en;q=0.3, es;q=0.7, ru;q=0.5', 'es'],
    ['ru;q=0.5, es;q=0.5', 'ru'],
    ['de', 'en'],
    ['*', 'en'],
    ['en;q=0, *', 'ru'],
    ['en;q=0', 'en'],
    ['en-GB;q=0, en;q=0.4, es;q=0.2', 'en'],
    ['ru ;\tq=1.000 , es', 'ru'],
  ])('%s → %s', (header, locale) => {
    expect(accept(header)).toBe(locale)
  })

  test.each(['ru;q=2, es;q=0.1', 'ru;q=-1, es', 'ru;q=0.1234, es', 'ru;level=1, es', 'r\u0443, es'])(
    'a malformed wish does not count: %s',
    (header) => {
      expect(accept(header)).toBe('es')
    },
  )
})

describe('a choice of the visitor', () => {
  test('on this page comes first', () => {
    expect(chooseLocale({ query: 'es', cookie: 'ru', acceptLanguage: 'en' })).toBe('es')
  })

  test('made earlier comes before the browser’s preferences', () => {
    expect(chooseLocale({ query: undefined, cookie: 'pt-BR', acceptLanguage: 'en' })).toBe('pt-BR')
  })

  test('that we do not have is ignored', () => {
    expect(chooseLocale({ query: 'xx', cookie: ['es'], acceptLanguage: 'ru' })).toBe('ru')
  })
})

test('hostile input still gets a language', () => {
  fc.assert(
    fc.property(
      fc.anything(),
      fc.anything(),
      fc.string({ maxLength: 300 }),
      (query, cookie, acceptLanguage) => {
        expect(LOCALES).toContain(chooseLocale({ query, cookie, acceptLanguage }))
      },
    ),
  )
})

test.each(['a-'.repeat(8000), 'en,'.repeat(5000), ';q='.repeat(5000), ' '.repeat(16_000)])(
  'a header built to be slow takes no longer than an honest one of its length, give or take',
  (header) => {
    const honest = 'de-AT;q=0.8, '.repeat(Math.ceil(header.length / 13))
    // Reading it twice over for each of its characters would take hundreds of times as long.
    expect(fastest(`${header}x`)).toBeLessThan(100 * fastest(honest))
  },
)

/** Milliseconds of the fastest of some readings: the others may have been interrupted. */
function fastest(header: string): number {
  const times = Array.from({ length: 7 }, () => {
    const before = performance.now()
    accept(header)
    return performance.now() - before
  })
  return Math.min(...times)
}
