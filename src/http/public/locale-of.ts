import type { FastifyReply, FastifyRequest } from 'fastify'
import { rawQueryOf } from './raw-query.ts'
import { chooseLocale, LOCALES, type Locale } from './pages/choose-locale.ts'

const YEAR = 365 * 24 * 60 * 60

/** The language of a page: what the person switched to, now or before, or else what the browser asks for. */
export function localeOf(request: FastifyRequest, reply: FastifyReply, secure: boolean): Locale {
  const name = secure ? '__Host-wauth-lang' : 'wauth-lang'
  // Errors before routing come without a parsed query and without cookies.
  const lang = new URLSearchParams(rawQueryOf(request)).get('lang')
  const cookies = (request.cookies as FastifyRequest['cookies'] | undefined) ?? {}
  const switchedTo = LOCALES.find((locale) => locale === lang)
  if (switchedTo) {
    reply.setCookie(name, switchedTo, { path: '/', sameSite: 'lax', httpOnly: true, secure, maxAge: YEAR })
  }
  return chooseLocale({
    query: switchedTo,
    cookie: cookies[name],
    acceptLanguage: request.headers['accept-language'],
  })
}
