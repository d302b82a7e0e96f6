import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createReadPhone } from '../../../src/upload/rules/phones.ts'
import { phoneLibrary } from '../../../src/shared/phone-library.ts'
import { CORPUS } from './phone-corpus.ts'
import { SOURCES } from './phone-sources.ts'
import { SPELLINGS } from './phone-spellings.ts'

/** What leaves, or why nothing does. */
const outcome = (given: unknown, home: string | null) => {
  const phone = createReadPhone(home)(given)
  return phone.kind === 'phone' ? phone.digits : phone.kind
}

describe.each(Object.entries(CORPUS))('at home in %s', (home, spellings) => {
  test.each(spellings)(
    '%j leaves as %s without the country, as %s with it',
    (given, abroad, atHome, source) => {
      expect([outcome(given, null), outcome(given, home)], SOURCES[source]).toEqual([abroad, atHome])
    },
  )
})

test.each(SPELLINGS)('where nobody has said a country %j leaves as %j', (given, phone) => {
  expect(outcome(given, null)).toBe(phone ?? 'phone_not_usable')
})

test('the corpus is large, and more than half of it was written by others', () => {
  const all = Object.values(CORPUS).flat()
  expect(all.length).toBeGreaterThan(300)
  expect(all.filter(([, , , source]) => source !== 'byHand').length).toBeGreaterThan(all.length / 2)
})

test.each([
  ['84951112233', 'RU'],
  ['2015550123', 'US'],
])('%s is a good number in %s and abroad, and refused as ambiguous', (given, home) => {
  expect(outcome(given, home)).toBe('phone_ambiguous')
  expect(outcome(`+${given.startsWith('8') ? given : `1${given}`}`, home)).toMatch(/^\d+$/)
})

test('a number whose first digit would be taken for one that is dialled at home only is not sent', () => {
  expect(outcome('0880000000', 'BY')).toBe('phone_not_usable')
  expect(outcome('+375880000000', 'BY')).toBe('phone_not_usable')
})

test('it is said whether a number was read as one of the home country', () => {
  const readPhone = createReadPhone('RU')
  expect(readPhone('8 (901) 111-22-33')).toMatchObject({ read: 'national' })
  expect(readPhone('79011112233')).toMatchObject({ read: 'international' })
  expect(readPhone('8 10 44 20 7946 0958')).toMatchObject({ read: 'international' })
})

describe('whatever comes in', () => {
  const util = phoneLibrary().PhoneNumberUtil.getInstance()
  const homes = fc.constantFrom(null, ...Object.keys(CORPUS), 'IT', 'AR', 'AT', 'JP', 'BY')
  const mark = fc.constantFrom(...Array.from('+-().,/ 0\u00a0\u2011\u200e\n'))
  const spelling = fc.oneof(
    fc.string(),
    fc.array(fc.oneof(fc.stringMatching(/^\d{1,6}$/), mark), { maxLength: 14 }).map((all) => all.join('')),
    fc.stringMatching(/^\+?\d{1,3} ?\(\d{1,4}\) ?\d{3,4}[-. ]\d{2}[-. ]\d{2}$/),
    fc.stringMatching(/^(?:\+|00|011|810|8|0)?[1-9]\d{6,13}(?:\.0)?$/),
  )
  /** WhatsApp's own numbers of Mexico and Brazil, which no plan has any more. */
  const OLDER = /^(?:521\d{10}|55\d{10})$/

  test('what leaves is digits of a possible number, each of which came in its order', () => {
    let sent = 0
    fc.assert(
      fc.property(spelling, homes, (text, home) => {
        const phone = createReadPhone(home)(text)
        if (phone.kind !== 'phone') return
        sent += 1
        expect(phone.digits).toMatch(/^[1-9]\d{7,14}$/)
        expect(OLDER.test(phone.digits) || util.isPossibleNumber(util.parse(`+${phone.digits}`))).toBe(true)
        // A subscriber’s digits are never made up: the last five, of which the shortest have no more, were written last.
        const written = text
          .replace(/\p{Cf}/gu, '')
          .trim()
          .replace(/^(\+?\d+)\.0+$/, '$1')
          .replace(/\D/g, '')
        expect(written.endsWith(phone.digits.slice(-5))).toBe(true)
      }),
      {
        numRuns: 4000,
        examples: [
          ['\u200e79011112233.0', null],
          ['79011\u200e112233.0', null],
        ],
      },
    )
    expect(sent).toBeGreaterThan(200)
  })

  test('what has left once leaves again as the same', () => {
    fc.assert(
      fc.property(spelling, homes, (text, home) => {
        const phone = createReadPhone(home)(text)
        if (phone.kind === 'phone') expect(outcome(`+${phone.digits}`, home)).toBe(phone.digits)
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['440 09 00 200-0000', 'GB'],
    ['4400 900200000', 'GB'],
    ['900-0405\t515 8431', 'TR'],
    ['391-6539-803-79-15', 'IT'],
    ['395-60-01-5686888', 'IT'],
    ['904 36 51 9127008', 'BR'],
    ['4901600 634-41-94', 'DE'],
    ['860 16 25-5766675', 'CN'],
    ['234 0802-123 4567', 'NG'],
    ['49015123456789', 'DE'],
    ['39 33 312 345 67 89', 'IT'],
    ['49-01-512 345 67 89', 'DE'],
    ['86 01 380 138 00 00', 'CN'],
    ['55 01 196 123 45 67', 'BR'],
  ])(
    'two numbers that begin like one of the country, with its code or what is dialled in front: %j in %s',
    (given, home) => {
      expect(outcome(given, home)).toBe('phone_not_usable')
    },
  )

  test.each([
    ['0 41 11 98765-4321', 'BR', '5511987654321'],
    ['55 0 11 96123-4567', 'BR', '5511961234567'],
    ['44 0 7400 123456', 'GB', '447400123456'],
    ['49 0 1512 3456789', 'DE', '4915123456789'],
    ['49 01512 3456789', 'DE', '4915123456789'],
    ['234 0 802 123 4567', 'NG', '2348021234567'],
    ['234 08021234567', 'NG', '2348021234567'],
    ['880 017 12345678', 'BD', '8801712345678'],
    ['8 10 7 495 123-45-67', 'RU', '74951234567'],
    ['810 7 901 111 22 33', 'RU', '79011112233'],
    ['011 1 212 555 0123', 'US', '12125550123'],
    ['010 81 90 1234 5678', 'JP', '819012345678'],
  ])('a number of the country, with all that may stand in front of it: %j in %s', (given, home, digits) => {
    expect(outcome(given, home)).toBe(digits)
  })

  test('of two numbers with a sign between them, nothing leaves', () => {
    const written = [/^[2-9]\d\d(-\d\d-|\d\d)\d\d$/, /^[2-9]\d\d[- ]\d{4}$/, /^[2-9]\d\d \d\d \d\d$/]
    const abroad = [/^\+?7[1-9]\d{9}$/, /^\+7 [1-9]\d\d \d{3}-\d\d-\d\d$/, /^\+44 \([1-9]\d{2}\) \d{7}$/]
    const number = fc.oneof(...[...written, ...abroad].map((one) => fc.stringMatching(one)))
    const sign = fc.oneof(
      fc.constantFrom(...Array.from(' -.,;/|+()\u00a0\u2011\u2013\t\n')),
      fc.stringMatching(/^\D$/),
    )
    fc.assert(
      fc.property(
        number,
        sign,
        number,
        fc.constantFrom(null, 'RU', 'US', 'GB', 'BR', 'CN', 'DE', 'IT', 'TR'),
        (one, between, other, home) => {
          // In Russia 810 is dialled before a country code.
          fc.pre(!one.startsWith('810'))
          expect(outcome(one + between + other, home)).not.toMatch(/^\d/)
        },
      ),
      { numRuns: 3000 },
    )
  })
})

describe('one number in all the spellings of its country comes out the same', () => {
  /** Written around the digits behind the country code; at home only where `home` says so. */
  const RU = (n: string) => [n.slice(0, 3), n.slice(3, 6), n.slice(6, 8), n.slice(8)] as const
  const WAYS: Readonly<
    Record<string, { number: RegExp; ways: (n: string) => string[]; home: (n: string) => string[] }>
  > = {
    RU: {
      number: /^9\d{9}$/,
      ways: (n) => {
        const [area, a, b, c] = RU(n)
        return [
          `+7${n}`,
          `7${n}`,
          `+7 (${area}) ${a}-${b}-${c}`,
          `7 ${area} ${a}\u2011${b}\u2013${c}`,
          `7${n}.0`,
          `007${n}`,
        ]
      },
      home: (n) => {
        const [area, a, b, c] = RU(n)
        return [`8${n}`, `8 (${area}) ${a}-${b}-${c}`, `8-${area}-${a}-${b}-${c}`, `(${area}) ${a}-${b}-${c}`]
      },
    },
    GB: {
      number: /^7[4579]\d{8}$/,
      ways: (n) => [
        `+44${n}`,
        `44${n}`,
        `+44 (0)${n}`,
        `+44 ${n.slice(0, 4)} ${n.slice(4)}`,
        `0044 ${n}`,
        `+440${n}`,
      ],
      home: (n) => [`0${n}`, `0${n.slice(0, 4)} ${n.slice(4)}`, `(0${n.slice(0, 4)}) ${n.slice(4)}`],
    },
    DE: {
      number: /^17[0-9]\d{7}$/,
      ways: (n) => [`+49${n}`, `49${n}`, `+49 (0) ${n.slice(0, 3)} ${n.slice(3)}`, `0049${n}`, `49${n}.0`],
      home: (n) => [`0${n}`, `0${n.slice(0, 3)} ${n.slice(3)}`, `0${n.slice(0, 3)}-${n.slice(3)}`],
    },
    BR: {
      number: /^(?:1[1-9]|2[1278])9[6-9]\d{7}$/,
      ways: (n) => [`+55${n}`, `55${n}`, `+55 (${n.slice(0, 2)}) ${n.slice(2, 7)}-${n.slice(7)}`, `0055${n}`],
      home: (n) => [`(${n.slice(0, 2)}) ${n.slice(2, 7)}-${n.slice(7)}`, `0${n.slice(0, 2)} ${n.slice(2)}`],
    },
  }

  test.each(Object.entries(WAYS))('in %s', (country, { number, ways, home }) => {
    const util = phoneLibrary().PhoneNumberUtil.getInstance()
    const code = String(util.getCountryCodeForRegion(country))
    fc.assert(
      fc.property(fc.stringMatching(number), (n) => {
        const digits = `${code}${n}`
        // Without the zero in brackets it has to be a number in use.
        fc.pre(util.isValidNumber(util.parse(`+${digits}`)))
        for (const way of ways(n)) expect([way, outcome(way, null)]).toEqual([way, digits])
        for (const way of [...ways(n), ...home(n)])
          expect([way, outcome(way, country)]).toEqual([way, digits])
        for (const way of home(n)) expect([way, outcome(way, null)]).toEqual([way, 'phone_not_usable'])
      }),
    )
  })
})
