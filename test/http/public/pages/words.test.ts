import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import en from '../../../../src/http/public/locales/en.json' with { type: 'json' }
import es from '../../../../src/http/public/locales/es.json' with { type: 'json' }
import ptBR from '../../../../src/http/public/locales/pt-BR.json' with { type: 'json' }
import ru from '../../../../src/http/public/locales/ru.json' with { type: 'json' }
import type { Locale } from '../../../../src/http/public/pages/choose-locale.ts'
import { WHILE_PAUSED } from '../../../../src/http/public/problem-answer.ts'
import { loadWords } from '../../../../src/http/public/pages/words.ts'

const TRANSLATIONS: [Locale, object][] = [
  ['ru', ru],
  ['es', es],
  ['pt-BR', ptBR],
]
const PLURAL = /_(zero|one|two|few|many|other)$/

const flat = (tree: object, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? flat(value, `${path}${key}.`)
      : [[path + key, String(value)] as [string, string]],
  )
const withoutPlurals = (tree: object) => [...new Set(flat(tree).map(([key]) => key.replace(PLURAL, '')))]
const placeholders = (text: string) => [...new Set(text.match(/{{\w+}}/g))].sort()

describe.each([['en', en] as [Locale, object], ...TRANSLATIONS])('the words of %s', (locale, tree) => {
  test('are for the same keys as in English', () => {
    expect(withoutPlurals(tree)).toEqual(withoutPlurals(en))
  })

  test('have exactly the plural forms of the language', () => {
    const needed = new Intl.PluralRules(locale).resolvedOptions().pluralCategories.toSorted()
    const forms = Map.groupBy(
      flat(tree).filter(([key]) => PLURAL.test(key)),
      ([key]) => key.replace(PLURAL, ''),
    )
    expect(forms.size).toBeGreaterThan(0)
    for (const entries of forms.values()) {
      expect(entries.map(([key]) => PLURAL.exec(key)?.[1]).toSorted()).toEqual(needed)
    }
  })

  test('say of a pause the same wait as its answer', () => {
    const { next } = (tree as typeof en).problem.installs_paused
    expect(/\d+/.exec(next)?.[0]).toBe(String(WHILE_PAUSED / 60))
  })

  test('are never empty and hold no markup', () => {
    for (const [, text] of flat(tree)) expect(text).toMatch(/^[^<>&]*\S[^<>&]*$/)
  })
})

describe.each(TRANSLATIONS)('the translation into %s', (_locale, tree) => {
  const english = new Map(flat(en))
  const inEnglish = (key: string) => english.get(key) ?? english.get(key.replace(PLURAL, '_other'))

  test('leaves nothing in English', () => {
    const same = flat(tree).filter(([key, text]) => text === inEnglish(key))
    expect(same.map(([key]) => key)).toEqual([])
  })

  test('names the same things in the same sentences', () => {
    for (const [key, text] of flat(tree)) {
      expect([key, placeholders(text)]).toEqual([key, placeholders(inEnglish(key) ?? '')])
    }
  })
})

test('every sentence that a template asks for is there', () => {
  const folder = new URL('../../../../src/http/public/pages/templates/', import.meta.url)
  const asked = readdirSync(folder).flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/say\('(.+?)'/g)].map(([, key]) => key),
  )
  expect(asked).toContain('support.id')
  expect(withoutPlurals(en)).toEqual(expect.arrayContaining(asked))
})

test('every Russian sentence is in Cyrillic', () => {
  for (const [, text] of flat(ru)) expect(text.replace('{{crm}}', '')).toMatch(/[а-яё]/i)
})

test.each([
  ['en', 1, 'You have 1 minute left to decide.'],
  ['en', 9, 'You have 9 minutes left to decide.'],
  ['ru', 1, 'На решение осталась 1 минута.'],
  ['ru', 3, 'На решение осталось 3 минуты.'],
  ['ru', 5, 'На решение осталось 5 минут.'],
  ['ru', 21, 'На решение осталась 21 минута.'],
  ['es', 1, 'Le queda 1 minuto para decidir.'],
  ['es', 2, 'Le quedan 2 minutos para decidir.'],
  ['pt-BR', 1, 'Você tem 1 minuto para decidir.'],
  ['pt-BR', 7, 'Você tem 7 minutos para decidir.'],
] as const)('%s counts %i minutes right', (locale, count, sentence) => {
  expect(loadWords('Acme')(locale).say('confirm.minutes', { count })).toBe(sentence)
})

test.each([
  ['en', '4,000 of 20,000'],
  ['ru', '4\u00a0000 из 20\u00a0000'],
  // Spanish begins to group at five digits.
  ['es', '4000 de 20.000'],
  ['pt-BR', '4.000 de 20.000'],
] as const)('%s groups the digits of large numbers', (locale, text) => {
  expect(loadWords('Acme')(locale).say('upload.of', { done: 4000, total: 20_000 })).toBe(text)
})

test('a day is written the way the language writes it', () => {
  const day = new Date('2026-03-03T23:30:00Z')
  expect(loadWords('Acme')('es').day(day)).toBe('3 de marzo de 2026')
})

test('a CRM with a strange name is called exactly that', () => {
  const name = '{{count}} $t(support.id) $& $1'
  expect(loadWords(name)('en').say('confirm.crm_account')).toBe(`Account in ${name}`)
})

test('minutes that were said before are said alike, and others by their own number', () => {
  const { say } = loadWords('Acme')('en')
  const said = [9, 1, 9, 1, 61, 62].map((count) => say('confirm.minutes', { count }))
  expect(said.map((text) => /\d+/.exec(text)?.[0])).toEqual(['9', '1', '9', '1', '61', '62'])
  expect(said[2]).toBe(said[0])
  expect(said[1]).not.toBe(said[0]?.replace('9', '1'))
})
