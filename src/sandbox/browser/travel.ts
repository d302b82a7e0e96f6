import type { CookieJar } from 'tough-cookie'
import { Agent, request } from 'undici'
import { cookiesFor, keepCookies } from './cookies.ts'
import type { PageSource } from './page.ts'
import { requestHeaders, type Hop } from './request-headers.ts'

/** `status` is that of the answer, redirects included. */
export interface VisitedHop {
  method: 'GET' | 'POST'
  url: string
  status: number
}

/** A request and all the redirects that follow from it. */
export interface Journey extends Omit<Hop, 'chain'> {
  url: string
  body: string | null
  headers: Record<string, string>
}

export interface Traveller {
  jar: CookieJar
  hops: VisitedHop[]
}

const maxRedirects = 20
const deadlineMs = 30_000

// Without pipelining no connection outlives its answer, so there is nothing to close afterwards.
const agent = new Agent({ pipelining: 0, maxResponseSize: 5 * 1024 * 1024 })

async function take(traveller: Traveller, journey: Journey, hop: Hop): Promise<PageSource> {
  const url = hop.chain.at(-1) ?? ''
  const cookie = cookiesFor(traveller.jar, hop)
  const answer = await request(url, {
    dispatcher: agent,
    method: hop.method,
    headers: { ...requestHeaders(hop), ...journey.headers, ...(cookie ? { cookie } : {}) },
    body: hop.method === 'POST' ? journey.body : null,
    signal: AbortSignal.timeout(deadlineMs),
  })
  keepCookies(traveller.jar, url, answer.headers['set-cookie'])
  traveller.hops.push({ method: hop.method, url, status: answer.statusCode })
  return { url, status: answer.statusCode, headers: answer.headers, html: await answer.body.text() }
}

function next(hop: Hop, { url, status, headers }: PageSource): Hop | null {
  if (![301, 302, 303, 307, 308].includes(status) || typeof headers['location'] !== 'string') return null
  const target = new URL(headers['location'], url)
  target.hash = ''
  const policy = headers['referrer-policy']
  return {
    ...hop,
    method: status < 304 ? 'GET' : hop.method,
    chain: [...hop.chain, target.href],
    referrerPolicy: typeof policy === 'string' ? policy : hop.referrerPolicy,
  }
}

/**
 * Goes where the address leads, over redirects, to the last answer.
 * @throws Error after 20 redirects, and what undici throws when there is no answer within 30 s
 */
export async function travel(traveller: Traveller, journey: Journey): Promise<PageSource> {
  const { method, initiator, referrerPolicy, purpose } = journey
  let hop: Hop = { method, initiator, referrerPolicy, purpose, chain: [new URL(journey.url).href] }
  for (;;) {
    const answer = await take(traveller, journey, hop)
    const following = next(hop, answer)
    if (!following) return answer
    if (following.chain.length > maxRedirects + 1) throw new Error(`More than ${maxRedirects} redirects`)
    hop = following
  }
}
