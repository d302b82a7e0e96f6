export const LOCALES = ['en', 'ru', 'es', 'pt-BR'] as const

export type Locale = (typeof LOCALES)[number]

/** What a request says about language; all of it may be hostile, absent or of a wrong type. */
export interface LocaleWishes {
  /** `?lang=`, the visitor's choice on this page. */
  query: unknown
  /** The choice made earlier. */
  cookie: unknown
  acceptLanguage: string | undefined
}

const FALLBACK: Locale = 'en'
const LONGEST_HEADER = 1024
// RFC 9110, 12.5.4: a language range, then perhaps a weight of at most three decimals.
const WEIGHTED_RANGE =
  /^(\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i

/** The language of a page: an explicit choice first, then the browser's preferences, then English. */
export const chooseLocale = ({ query, cookie, acceptLanguage }: LocaleWishes): Locale =>
  localeFor(query) ?? localeFor(cookie) ?? negotiate(acceptLanguage ?? '')

/** We have one Portuguese, one Spanish, …: a reader who asks for any kind of a language gets that one. */
const localeFor = (tag: unknown): Locale | undefined => {
  if (typeof tag !== 'string' || tag.length > 35) return undefined
  const language = languageOf(tag)
  return LOCALES.find((locale) => languageOf(locale) === language)
}

const languageOf = (tag: string) => tag.toLowerCase().split('-', 1)[0]

const negotiate = (header: string): Locale => {
  const wishes = header.slice(0, LONGEST_HEADER).split(',').flatMap(parseWish)
  const anyOther = wishes.find(({ range }) => range === '*')?.weight ?? 0
  const named = wishes.flatMap(({ range, weight }) => ({ locale: localeFor(range), weight }))
  const weightOf = (locale: Locale) => {
    const weights = named.filter((wish) => wish.locale === locale).map(({ weight }) => weight)
    return weights.length > 0 ? Math.max(...weights) : anyOther
  }
  // At equal weight the order of the header decides, then the order of our list.
  const candidates = [...new Set([...named.flatMap(({ locale }) => locale ?? []), ...LOCALES])]
  const best = candidates.reduce((a, b) => (weightOf(b) > weightOf(a) ? b : a))
  return weightOf(best) > 0 ? best : FALLBACK
}

const parseWish = (text: string): { range: string; weight: number }[] => {
  const [, range, weight] = WEIGHTED_RANGE.exec(text.trim()) ?? []
  return range === undefined ? [] : [{ range, weight: Number(weight ?? 1) }]
}
