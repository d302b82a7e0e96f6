import Database from 'better-sqlite3'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { request } from 'undici'
import { describe, expect, test } from 'vitest'
import { seconds } from '../../src/shared/clock.ts'
import {
  connectorAtHand,
  connectorFor,
  pressConfirm,
  resultOf,
  walkToConfirm,
  type TestConnector,
} from '../support/connector.ts'
import { eachOfFirst, LONG } from '../support/long.ts'
import { visit } from '../support/visit.ts'

/** Tries after which a visitor that was turned away with 503 gives up. */
const MOST_TRIES = 20

/** A request as one of an address behind the reverse proxy. */
const from = ({ url }: TestConnector, address: string, path: string, headers: Record<string, string> = {}) =>
  visit(url + path, { 'x-forwarded-for': address, ...headers })

const PROXY = { TRUST_PROXY: '127.0.0.1' }

describe('arrivals from one address', () => {
  test('too many: 429 with Retry-After, as a page or as JSON; another address notices nothing', async () => {
    const connector = await connectorAtHand({ env: { ...PROXY, ATTEMPTS_PER_ADDRESS: '5' } })
    const arrive = (address: string, headers = {}) =>
      from(connector, address, `/wauth?state=random-${Math.random()}`, headers)
    for (let i = 0; i < 5; i++) expect((await arrive('192.0.2.1')).status).toBe(303)
    const refused = await arrive('192.0.2.1')
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect(refused.headers.get('set-cookie')).toBeNull()
    expect(await refused.text()).toContain('Too many requests')
    const json = await arrive('192.0.2.1', { accept: 'application/json' })
    expect(await json.json()).toMatchObject({ status: 'failed', reason: 'too_many_requests' })
    expect((await arrive('192.0.2.2')).status).toBe(303)
  })

  test('IPv6: all of a /64 is one address', async () => {
    const connector = await connectorAtHand({ env: { ...PROXY, ATTEMPTS_PER_ADDRESS: '2' } })
    const statuses: number[] = []
    for (const host of ['1', '2', '3', 'ffff:ffff'])
      statuses.push((await from(connector, `2001:db8:0:1::${host}`, '/wauth?state=x')).status)
    statuses.push((await from(connector, '2001:db8:0:2::1', '/wauth?state=x')).status)
    expect(statuses).toEqual([303, 303, 429, 429, 303])
  })

  test('a customer at the address of a flood, with an attempt open, comes to the end of the install', async () => {
    const connector = await connectorAtHand({ env: { ATTEMPTS_PER_ADDRESS: '5' } })
    const { browser } = await walkToConfirm(connector)
    const flood = await Promise.all(
      Array.from({ length: 800 }, (_, i) =>
        (i % 2
          ? visit(`${connector.url}/wauth?state=random-${i}`)
          : fetch(`${connector.url}/wauth/attempts/${'A'.repeat(20)}${i % 90}/result`)
        ).then(({ status }) => status),
      ),
    )
    expect(flood.filter((status) => status === 429).length).toBeGreaterThan(400)
    expect(flood.filter((status) => status >= 500)).toEqual([])
    expect((await browser.get(browser.page.url)).status).toBe(200)
    await pressConfirm(browser)
    for (let i = 0; i < 60; i++) expect(await resultOf(browser)).toMatchObject({ httpStatus: 200 })
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
  })

  test('as many customers as an office has install at the same time', LONG, async () => {
    const connector = await connectorAtHand()
    const walks = Array.from({ length: 40 }, async () => {
      let walk = await walkToConfirm(connector)
      // The demo CRM shares this process. On a busy machine its login may be too slow, which is another limit.
      for (let tries = 1; walk.browser.page.status === 503 && tries < MOST_TRIES; tries++)
        walk = await walkToConfirm(connector, walk)
      return walk.browser.page.status
    })
    expect(new Set(await Promise.all(walks))).toEqual(new Set([200]))
  })
})

describe('requests that lead nowhere', () => {
  test('too many from one address: 429', async () => {
    const connector = await connectorAtHand({ env: PROXY })
    const ask = () => from(connector, '192.0.2.1', '/wauth/attempts/AAAAAAAAAAAAAAAAAAAAAA')
    const first = await Promise.all(Array.from({ length: 300 }, ask))
    expect(new Set(first.map(({ status }) => status))).toEqual(new Set([404]))
    const refused = await ask()
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

describe('logins of one attempt', () => {
  test('too many that are begun anew: 429; the attempt itself goes on', async () => {
    const connector = await connectorAtHand()
    const { browser } = await walkToConfirm(connector)
    const { origin, pathname } = new URL(browser.page.url)
    const attempt = origin + pathname.replace('/confirm', '')
    const cookie = await browser.jar.getCookieString(attempt)
    const ask = async (path: string) => {
      const { status, headers } = await fetch(attempt + path, { redirect: 'manual', headers: { cookie } })
      return { status, wait: Number(headers.get('retry-after')) }
    }
    for (let i = 0; i < 20; i++) expect((await ask('?retry=login')).status).toBe(303)
    const refused = await ask('?%72etry=login')
    expect(refused.status).toBe(429)
    expect(refused.wait).toBeGreaterThan(0)
    expect((await ask('')).status).toBe(303)
  })
})

describe('however the query is spelt', () => {
  const connector = connectorFor('all')

  eachOfFirst(4)([
    ['?x#?retry=login', 400, 0],
    ['?%72%65try=log%69n', 303, 20],
    [';a=b?retry=login', 404, 0],
    ['?retry=x&retry=login', 303, 0],
    ['#?retry=login', 400, 0],
    ['?retry=login#x', 400, 0],
    ['?retry=login&retry=x', 303, 20],
    ['?a=b;retry=login&retry=login', 303, 20],
    ['?a=b;retry=login', 303, 0],
  ])('%s: no more logins are begun than counted', async (query, status, most) => {
    const { browser } = await walkToConfirm(connector)
    const attempt = new URL(browser.page.url)
    const cookie = await browser.jar.getCookieString(attempt.href)
    const target = attempt.pathname.replace('/confirm', '') + query
    const answers = []
    for (let i = 0; i < 25; i++) answers.push(await rawTarget(connector, target, cookie))
    expect(answers[0]?.status).toBe(status)
    const begun = answers
      .map(({ location }) => location)
      .filter((to) => to.startsWith(connector.sandbox.crm.url))
    expect(new Set(begun).size).toBe(most)
  })
})

/** Asks for a target that no client of HTTP would send as it is. */
async function rawTarget({ url }: TestConnector, target: string, cookie: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(`GET ${target} HTTP/1.1\r\nhost: x\r\ncookie: ${cookie}\r\nconnection: close\r\n\r\n`)
  const answer = await text(socket)
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]),
    location: /^location: (.*)\r$/m.exec(answer)?.[1] ?? '',
  }
}

describe('a stranger who knows the id of an attempt', () => {
  const connector = connectorFor('all', { env: PROXY })
  const strangers = [
    ['without a cookie', '192.0.2.66', () => ''],
    ['with a made-up one', '192.0.2.67', (id: string) => `wauth-${id}=${'x'.repeat(43)}`],
    [
      'with many made-up ones',
      '192.0.2.68',
      (id: string) => `wauth-${id}=${String(Math.random()).padEnd(43, 'x')}`,
    ],
  ] as const

  for (const [how, address, cookieFor] of strangers)
    test(`${how} takes nothing from its owner`, how === 'with many made-up ones' ? {} : LONG, async () => {
      const { browser } = await walkToConfirm(connector)
      const id = /attempts\/([\w-]+)/.exec(browser.page.url)?.[1] ?? ''
      const own = await browser.jar.getCookieString(connector.url)
      const path = `/wauth/attempts/${id}`
      const asStranger = async (query: string) => {
        const cookie = cookieFor(id)
        return (await from(connector, address, path + query, cookie ? { cookie } : {})).status
      }
      const statuses = new Set<number>()
      for (let i = 0; i < 1300; i += 50) {
        const some = Array.from({ length: 50 }, (_, n) => asStranger(n % 2 ? '?retry=login' : '/result'))
        for (const status of await Promise.all(some)) statuses.add(status)
      }
      expect([...statuses].toSorted()).toEqual([404, 429])
      const asOwner = (query: string) => from(connector, '192.0.2.7', path + query, { cookie: own })
      expect((await asOwner('/confirm')).status).toBe(200)
      expect((await asOwner('?retry=login')).headers.get('location')).toContain(connector.sandbox.crm.url)
    })
})

describe('hand-overs that are put aside', () => {
  test('too many from one address: 429; another address notices nothing', async () => {
    const connector = await connectorAtHand({ env: { ...PROXY, ATTEMPTS_PER_ADDRESS: '1' } })
    const post = async (address: string, more: Record<string, string> = { 'sec-fetch-mode': 'navigate' }) => {
      const type = { 'content-type': 'application/x-www-form-urlencoded' }
      const headers = { 'x-forwarded-for': address, ...type, ...more }
      const body = `state=${'A'.repeat(22)}.${'x'.repeat(43)}`
      const answer = await request(`${connector.url}/wauth/callback`, { method: 'POST', body, headers })
      await answer.body.dump()
      return answer.statusCode
    }
    // What a script of any page sends does not count: a colleague's browser is not theirs.
    for (let i = 0; i < 10; i++) await post('192.0.2.1', { 'sec-fetch-mode': 'no-cors' })
    const statuses = []
    for (let i = 0; i < 6; i++) statuses.push(await post('192.0.2.1'))
    expect(statuses).toEqual([400, 400, 400, 400, 400, 429])
    expect(await post('192.0.2.2')).toBe(400)
  })
})

describe('a flood of random states', () => {
  const flooded = () => connectorAtHand({ env: { ATTEMPTS_PER_ADDRESS: '0', UNFINISHED_ATTEMPTS: '100' } })

  const arrive = async ({ url }: TestConnector) => {
    const answer = await visit(`${url}/wauth?state=random-${Math.random()}`)
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
    return {
      answer,
      follow: () =>
        fetch(url + (answer.headers.get('location') ?? ''), { redirect: 'manual', headers: { cookie } }),
    }
  }

  /** Comes again when told to: here the service, its flood and all the others share one event loop, which may be late. */
  const arriveInTheEnd = async (connector: TestConnector) => {
    let visitor = await arrive(connector)
    for (let tries = 1; visitor.answer.status === 503 && tries < MOST_TRIES; tries++) {
      await pause(seconds(Number(visitor.answer.headers.get('retry-after'))))
      visitor = await arrive(connector)
    }
    return visitor
  }

  function rows({ folder }: TestConnector) {
    const db = new Database(join(folder, 'wauth.db'), { readonly: true })
    const { n } = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM attempts').get() ?? { n: -1 }
    db.close()
    return n
  }

  test('is kept in a bounded room, and pushes nobody out who is at the login', async () => {
    const connector = await flooded()
    const customer = await arrive(connector)
    expect((await customer.follow()).status).toBe(303)
    for (let i = 0; i < 10; i++) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => arriveInTheEnd(connector)))
      expect(new Set(answers.map(({ answer }) => answer.status))).toEqual(new Set([303]))
      expect(rows(connector)).toBeLessThanOrEqual(100)
    }
    // A busy machine may ask to come again.
    await expect.poll(async () => (await customer.follow()).status).toBe(303)
    const { browser } = await walkToConfirm(connector)
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
  })

  test('by browsers that all go to the login: 503 with Retry-After, and those at the login go on', async () => {
    const connector = await flooded()
    const visitors = []
    for (let i = 0; i < 100; i++) {
      const visitor = await arrive(connector)
      expect((await visitor.follow()).status).toBe(303)
      visitors.push(visitor)
    }
    const { answer } = await arrive(connector)
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await answer.text()).toContain('very busy')
    expect(rows(connector)).toBe(100)
    expect((await visitors[0]?.follow())?.status).toBe(303)
  })
})
