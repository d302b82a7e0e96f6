import { createInstance, type FormatterModule, type i18n, type TFunction } from 'i18next'
import en from '../locales/en.json' with { type: 'json' }
import es from '../locales/es.json' with { type: 'json' }
import ptBR from '../locales/pt-BR.json' with { type: 'json' }
import ru from '../locales/ru.json' with { type: 'json' }
import type { Locale } from './choose-locale.ts'

// With this the compiler knows every key: a failure reason without words does not compile.
declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en }
  }
}

/** Says things in one language. */
export interface Words {
  say: TFunction
  /** A calendar day (in UTC), written out. */
  day: (date: Date) => string
}

/** The sentences of all languages; `{{crm}}` in them is `crmName`. */
export const loadWords = (crmName: string): ((locale: Locale) => Words) => {
  const i18n = createInstance().use(numbers)
  void i18n.init({
    initAsync: false,
    fallbackLng: 'en',
    resources: {
      en: { translation: en },
      ru: { translation: ru },
      es: { translation: es },
      'pt-BR': { translation: ptBR },
    },
    // The templates escape.
    interpolation: { escapeValue: false, alwaysFormat: true, defaultVariables: { crm: crmName } },
  })
  const known = new Map<Locale, Words>()
  return (locale) => {
    const words = known.get(locale) ?? wordsOf(locale, i18n)
    known.set(locale, words)
    return words
  }
}

/** Writes every number in a sentence as its language does. */
const numbers: FormatterModule = {
  type: 'formatter',
  init: () => undefined,
  add: () => undefined,
  addCached: () => undefined,
  format: (value: unknown, _format, locale) =>
    typeof value === 'number' ? value.toLocaleString(locale) : String(value),
}

/** Calendars are slow to make. */
function wordsOf(locale: Locale, { getFixedT }: Pick<i18n, 'getFixedT'>): Words {
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' })
  return { say: remembering(getFixedT(locale)), day: (date) => days.format(date) }
}

/** A sentence without values is always the same, and a page has twenty of them; minutes that are left are a few. */
function remembering(say: TFunction): TFunction {
  const known = new Map<string, unknown>()
  return new Proxy(say, {
    apply(_, self, words: unknown[]): unknown {
      const name = nameOf(words)
      if (name === null) return Reflect.apply(say, self, words)
      if (!known.has(name)) known.set(name, Reflect.apply(say, self, words))
      return known.get(name)
    },
  })
}

/** Of larger numbers there is no end. */
const LARGEST_REMEMBERED = 60

/** What a sentence is remembered by; null for one that may never come again. */
function nameOf([key, values, ...more]: unknown[]): string | null {
  if (typeof key !== 'string' || more.length > 0) return null
  if (values === undefined) return key
  const { count, ...others } = values as Record<string, unknown>
  const isFew = Number.isInteger(count) && Number(count) >= 0 && Number(count) <= LARGEST_REMEMBERED
  return isFew && Object.keys(others).length === 0 ? `${key} ${String(count)}` : null
}
