import { relationOf } from './site.ts'

/** One hop of a journey: what is asked for, on whose behalf, and over which addresses. */
export interface Hop {
  method: 'GET' | 'POST'
  /** Every address so far, the present one last. */
  chain: readonly string[]
  /** The page whose link, form or script started it; null when a person typed the address. */
  initiator: string | null
  referrerPolicy: string
  purpose: 'navigation' | 'script'
}

const originOf = (address: string) => new URL(address).origin

/** The `Referer` for this hop; null when the policy forbids it. */
function referrer({ initiator, referrerPolicy }: Hop, target: string): string | null {
  if (initiator === null || referrerPolicy === 'no-referrer') return null
  const sameOrigin = originOf(initiator) === originOf(target)
  if (referrerPolicy === 'same-origin' && !sameOrigin) return null
  if (/^(strict-)?origin$/.test(referrerPolicy) || !sameOrigin) return `${originOf(initiator)}/`
  const page = new URL(initiator)
  page.hash = ''
  return page.href
}

/** Whether a redirect on a foreign origin has led to yet another one: then the origin is kept from the target. */
const tainted = (chain: readonly string[], initiator: string) =>
  chain.some((address, i) => {
    const before = chain[i - 1]
    return before && originOf(before) !== originOf(address) && originOf(before) !== originOf(initiator)
  })

/** The `Origin` of a POST; null for a GET, the text `null` where a browser hides the origin. */
function origin({ method, chain, initiator, referrerPolicy }: Hop, target: string): string | null {
  if (method === 'GET') return null
  if (initiator === null || referrerPolicy === 'no-referrer' || tainted(chain, initiator)) return 'null'
  const from = originOf(initiator)
  return referrerPolicy === 'same-origin' && from !== originOf(target) ? 'null' : from
}

const bySubject = {
  navigation: {
    accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
    'sec-fetch-user': '?1',
    'upgrade-insecure-requests': '1',
  },
  script: { accept: '*/*', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
}

/** The headers that a browser adds on its own, except for cookies. */
export function requestHeaders(hop: Hop): Record<string, string> {
  const target = hop.chain.at(-1) ?? ''
  const optional = { referer: referrer(hop, target), origin: origin(hop, target) }
  return {
    'user-agent': 'Mozilla/5.0 (sandbox walker)',
    ...bySubject[hop.purpose],
    'sec-fetch-site': relationOf(hop.initiator, hop.chain),
    ...(hop.method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    ...Object.fromEntries(
      Object.entries(optional).filter((entry): entry is [string, string] => entry[1] !== null),
    ),
  }
}
