import { CookieJar } from 'tough-cookie'
import type { Hop } from './request-headers.ts'
import { relationOf } from './site.ts'

/** A jar as strict as the strictest browser: `Secure` cookies are refused over http, on loopback too. */
export const createJar = () => new CookieJar(undefined, { allowSecureOnLocal: false })

/** How near a request is, for `SameSite`: Lax cookies go with navigations by GET, Strict ones stay on their site. */
function sameSiteContext(hop: Hop): 'strict' | 'lax' | 'none' {
  if (relationOf(hop.initiator, hop.chain) !== 'cross-site') return 'strict'
  return hop.purpose === 'navigation' && hop.method === 'GET' ? 'lax' : 'none'
}

/** The `Cookie` header for this hop; empty when there is none to send. */
export const cookiesFor = (jar: CookieJar, hop: Hop): string =>
  jar.getCookieStringSync(hop.chain.at(-1) ?? '', { sameSiteContext: sameSiteContext(hop) })

/** Keeps the cookies of an answer; those that a browser would refuse are dropped without a word, as there. */
export function keepCookies(jar: CookieJar, url: string, header: string | string[] | undefined): void {
  for (const cookie of [header ?? []].flat()) jar.setCookieSync(cookie, url, { ignoreError: true })
}
