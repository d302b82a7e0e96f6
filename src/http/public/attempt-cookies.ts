import type { CookieSerializeOptions } from '@fastify/cookie'

/** As long as a result can be looked at again, in seconds. */
const MAX_AGE = 24 * 60 * 60

export const ATTEMPT_ID = /^[A-Za-z0-9_-]{22}$/

/** The cookies of this service. One per attempt, so that tabs never overwrite each other. */
export interface AttemptCookies {
  name(attemptId: string): string
  options: CookieSerializeOptions
  /** With these, and an empty value, a browser drops one. */
  gone: CookieSerializeOptions
  /** Browser secrets by attempt id. */
  read(cookies: Record<string, string | undefined>): Map<string, string>
}

/**
 * `__Host-` and `Secure` make a cookie that no other host can plant (RFC 6265bis, 4.1.3). Both need https, so plain
 * http, which only development on loopback may use, goes without.
 */
export function createAttemptCookies(secure: boolean): AttemptCookies {
  const prefix = secure ? '__Host-wauth-' : 'wauth-'
  return {
    name: (attemptId) => prefix + attemptId,
    options: { httpOnly: true, sameSite: 'lax', path: '/', secure, maxAge: MAX_AGE },
    gone: { path: '/', secure, maxAge: 0 },
    read: (cookies) =>
      new Map(
        Object.entries(cookies)
          .filter(([name]) => name.startsWith(prefix) && ATTEMPT_ID.test(name.slice(prefix.length)))
          .map(([name, value]) => [name.slice(prefix.length), value ?? '']),
      ),
  }
}
