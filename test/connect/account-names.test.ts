import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LatestExchange } from '../../src/store/port.ts'
import { namesOf } from '../../src/connect/account-names.ts'

const names = (crmAccountName: string, crmAccountId = 'acme') => namesOf({ crmAccountName, crmAccountId })
const inWazzup = (name: string, id?: string) => names(name, id).inWazzup

describe('what Wazzup shows', () => {
  test.each(['acme.crm-example.com', 'ООО Ромашка 24', 'श्रीमती कार्त्स्न्य', '株式会社'])(
    'is an ordinary name as it is: %s',
    (name) => {
      expect(names(name)).toEqual({ shown: name, inWazzup: name })
    },
  )

  test('has no signs that may not be allowed', () => {
    expect(inWazzup('«Acme» & Sons <b>!')).toBe('Acme Sons b')
    expect(inWazzup('O’Neil "Vasilek"')).toBe('O Neil Vasilek')
    expect(inWazzup('I ❤️ CRM')).toBe('I CRM')
  })

  test.each(['\u200b', '\u00ad', '\u034f', '\u3164', '\ufe0f', '\u202e', '\u2066', '\u{E0041}'])(
    'is whole where %j is hidden in the name, as the page shows it',
    (hidden) => {
      expect(names(`Ac${hidden}me`)).toEqual({ shown: 'Acme', inWazzup: 'Acme' })
    },
  )

  test('has the letter of a pile of marks, as the page', () => {
    expect(names(`x${'\u0301'.repeat(49)}y`)).toEqual({ shown: 'xy', inWazzup: 'xy' })
  })

  test('is the id where nothing of the name can be read, and then a word', () => {
    for (const nothing of ['!!!', '...', '- -', '\u3164', '\u0301', '❤️']) {
      expect(inWazzup(nothing, 'acme-1')).toBe('acme-1')
      expect(inWazzup(nothing, '???')).toBe('CRM')
    }
  })

  test('is cut between visible characters', () => {
    expect(inWazzup(`${'x'.repeat(49)}q\u0301`)).toBe('x'.repeat(49))
  })
})

test('whatever the name is, Wazzup is sent 1 to 50 visible characters, and of the name nothing that the page hides', () => {
  const part = fc.constantFrom(
    '\u200b',
    '\u3164',
    '\u034f',
    '\ufe0f',
    '\u202e',
    '\u0301',
    'a',
    '❤️',
    '1',
    'ё',
    ' ',
    '&',
  )
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(part).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(text, text, (name, id) => {
      const told = names(name, id)
      expect(told.inWazzup).toMatch(/^[\p{L}\p{N}\p{M}. -]{1,50}$/u)
      expect(told.inWazzup).toMatch(/[\p{L}\p{N}]/u)
      expect(told.inWazzup).not.toMatch(/\p{Default_Ignorable_Code_Point}|\p{Cf}/u)
      expect(told.inWazzup).toBe(told.inWazzup.trim())
      expect(names(told.shown, id).shown).toBe(told.shown)
    }),
    { numRuns: 1000 },
  )
})

describe('after refusals', () => {
  const refused = { name: 'Acme', reason: 'state_refused' } as const
  const next = (name: string, crmAccountId: string, latest: LatestExchange[]) =>
    namesOf({ crmAccountName: name, crmAccountId }, latest).inWazzup

  test.each<LatestExchange[][]>([
    [[]],
    [[refused]],
    [[{ name: 'Acme', reason: null }, refused]],
    [[{ name: 'Acme', reason: 'wazzup_unavailable' }, refused]],
    [[refused, { name: 'Acme', reason: null }]],
  ])('a name stays as it is after %j', (latest) => {
    expect(next('Acme', 'a-1', latest)).toBe('Acme')
  })

  test('two in a row, it has a mark, the same for one account, another for each', () => {
    const name = next('Acme', 'a-1', [refused, refused])
    expect(name).toMatch(/^Acme [0-9a-f]{6}$/)
    expect(next('Acme', 'a-1', [refused, refused])).toBe(name)
    expect(next('Acme', 'a-2', [refused, refused])).not.toBe(name)
    expect(next('Acme', 'a-1', [{ name, reason: null }])).toBe(name)
  })

  test('a long one makes room for it, where no character is torn', () => {
    const name = next('я'.repeat(60), 'a-1', [refused, refused])
    expect(Array.from(name)).toHaveLength(50)
  })
})
