import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import { chooseLocale, LOCALES, type Locale } from './pages/choose-locale.ts'
import { rawQueryOf } from './raw-query.ts'

const YEAR = 365 * 24 * 60 * 60

const COOKIE = 'wauth-lang'

const cookieName = (secure: boolean) => (secure ? `__Host-${COOKIE}` : COOKIE)

/** What the person has switched to before, in headers that nobody has parsed. */
export const rememberedIn = (headers: string): string | undefined =>
  new RegExp(`[ ;](?:__Host-)?${COOKIE}=([\\w-]+)`).exec(headers)?.[1]

/** What the person has just switched to. */
const switchedTo = (request: FastifyRequest): Locale | undefined => {
  const query = rawQueryOf(request)
  const lang = query === '' ? null : new URLSearchParams(query).get('lang')
  return LOCALES.find((locale) => locale === lang)
}

/** The language of a page: what the person switched to, now or before, or else what the browser asks for. */
export function localeOf(request: FastifyRequest, secure: boolean): Locale {
  // Errors before routing come without cookies.
  const cookies = (request.cookies as FastifyRequest['cookies'] | undefined) ?? {}
  return chooseLocale({
    query: switchedTo(request),
    cookie: cookies[cookieName(secure)],
    acceptLanguage: request.headers['accept-language'],
  })
}

/** Remembers a switch for the pages to come. */
export const rememberLocale =
  (secure: boolean): onRequestHookHandler =>
  (request, reply, next) => {
    const locale = switchedTo(request)
    const options = { path: '/', sameSite: 'lax', httpOnly: true, secure, maxAge: YEAR } as const
    if (locale) reply.setCookie(cookieName(secure), locale, options)
    next()
  }
