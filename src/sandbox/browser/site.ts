import { getPublicSuffix } from 'tough-cookie'

/** The site an address belongs to: scheme and registrable domain; ports do not count. */
function siteOf({ protocol, hostname }: URL): string {
  const isName = /[a-z]/i.test(hostname) && hostname.includes('.')
  return `${protocol}//${(isName && getPublicSuffix(hostname, { allowSpecialUseDomain: true, ignoreError: true })) || hostname}`
}

export type Relation = 'none' | 'same-origin' | 'same-site' | 'cross-site'

/**
 * How a request relates to the page that caused it, as `Sec-Fetch-Site` tells it: the farthest of all addresses
 * on the way counts. `none`: no page caused it, a person did.
 */
export function relationOf(initiator: string | null, chain: readonly string[]): Relation {
  if (initiator === null) return 'none'
  const from = new URL(initiator)
  const way = chain.map((address) => new URL(address))
  if (way.every(({ origin }) => origin === from.origin)) return 'same-origin'
  return way.every((url) => siteOf(url) === siteOf(from)) ? 'same-site' : 'cross-site'
}
