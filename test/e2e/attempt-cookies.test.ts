import { randomBytes } from 'node:crypto'
import { CookieJar } from 'tough-cookie'
import { describe, expect, test } from 'vitest'
import { createBrowser, type Browser } from '../../src/sandbox/browser/create-browser.ts'
import { connectorAtHand, connectorFor, pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { visit } from '../support/visit.ts'

const connector = connectorFor('all', { env: { ATTEMPTS_PER_ADDRESS: '0' } })

/** Follows a link of Wazzup, with a state of its own, as far as the attempt. */
async function arrive(jar: CookieJar, state = `random-${Math.random()}`) {
  const cookie = await jar.getCookieString(connector.url)
  const answer = await visit(`${connector.url}/wauth?state=${state}`, { cookie })
  for (const one of answer.headers.getSetCookie()) await jar.setCookie(one, connector.url)
  return answer
}

const arriveOften = async (jar: CookieJar, times: number) => {
  const statuses = new Set<number>()
  for (let i = 0; i < times; i++) statuses.add((await arrive(jar)).status)
  return [...statuses]
}

const attemptsIn = async (jar: CookieJar) =>
  (await jar.getCookies(connector.url)).filter(({ key }) => /^wauth-[\w-]{22}$/.test(key))

/** The cookie of an attempt that nobody knows. */
const unknown = () => `wauth-${randomBytes(16).toString('base64url')}`

const headOf = ({ headers }: Response) =>
  [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join('').length

const idOf = (browser: Browser) => /attempts\/([\w-]+)/.exec(browser.page.url)?.[1] ?? ''

describe('the cookies of a browser that is sent here again and again', () => {
  test('stay ten, and the longest state is still read beside those of the CRM', async () => {
    const jar = new CookieJar()
    for (const name of ['crm-session', 'crm-device'])
      await jar.setCookie(`${name}=${'x'.repeat(500)}`, connector.url)
    expect(await arriveOften(jar, 250)).toEqual([303])
    expect(await attemptsIn(jar)).toHaveLength(10)
    expect((await jar.getCookies(connector.url)).map(({ key }) => key)).toContain('crm-session')
    const last = await arrive(jar, 's'.repeat(4096))
    expect(last.status).toBe(303)
    const cookie = await jar.getCookieString(connector.url)
    const attempt = await visit(connector.url + (last.headers.get('location') ?? ''), { cookie })
    expect(attempt.headers.get('location')).toContain(connector.sandbox.crm.url)
  })

  test('the newest are kept', async () => {
    const jar = new CookieJar()
    const opened: string[] = []
    for (let i = 0; i < 15; i++)
      opened.push((await arrive(jar)).headers.get('location')?.split('/').at(-1) ?? '')
    const kept = (await attemptsIn(jar)).map(({ key }) => key.replace('wauth-', ''))
    expect(kept.toSorted()).toEqual(opened.slice(5).toSorted())
  })

  test('an attempt with a user outlives any number of others, and its install comes to its end', async () => {
    const { browser } = await walkToConfirm(connector)
    await arriveOften(browser.jar, 30)
    expect(await attemptsIn(browser.jar)).toHaveLength(10)
    expect((await browser.get(browser.page.url)).status).toBe(200)
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
  })

  test('of more than ten attempts with a user the oldest gives way', async () => {
    const browser = createBrowser()
    const walked: string[] = []
    for (let i = 0; i < 11; i++) walked.push(idOf((await walkToConfirm(connector, { browser })).browser))
    const kept = (await attemptsIn(browser.jar)).map(({ key }) => key.replace('wauth-', ''))
    expect(kept.toSorted()).toEqual(walked.slice(1).toSorted())
  })

  test('those of attempts that nobody knows, or with another secret, give way first', async () => {
    const jar = new CookieJar()
    await arriveOften(jar, 9)
    const mine = (await attemptsIn(jar)).map(({ key }) => key)
    const other = new CookieJar()
    await arrive(other)
    const theirs = (await attemptsIn(other))[0]?.key ?? ''
    for (const name of [theirs, unknown(), unknown()]) await jar.setCookie(`${name}=made-up`, connector.url)
    await arrive(jar)
    const kept = (await attemptsIn(jar)).map(({ key }) => key)
    expect(kept).toHaveLength(10)
    expect(kept).toEqual(expect.arrayContaining(mine))
  })

  test('up to ten stay, also unknown ones: they may be those of another service on this host', async () => {
    const jar = new CookieJar()
    for (let i = 0; i < 9; i++) await jar.setCookie(`${unknown()}=theirs`, connector.url)
    expect((await arrive(jar)).headers.getSetCookie()).toHaveLength(1)
  })

  test('a browser that was filled before gets rid of them in a few visits, in heads that a proxy passes on', async () => {
    const jar = new CookieJar()
    for (let i = 0; i < 150; i++) await jar.setCookie(`${unknown()}=${'x'.repeat(43)}`, connector.url)
    for (let i = 0; i < 6; i++) {
      const answer = await arrive(jar)
      expect(answer.status).toBe(303)
      expect(headOf(answer)).toBeLessThan(4096)
    }
    expect(await attemptsIn(jar)).toHaveLength(10)
  })

  test('a reload of the same link opens nothing and takes nothing back', async () => {
    const jar = new CookieJar()
    await arriveOften(jar, 9)
    const first = await arrive(jar, 'the-same')
    const second = await arrive(jar, 'the-same')
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
    expect(second.headers.getSetCookie()).toEqual([])
  })
})

test('over https a cookie is taken back with what its prefix asks for, in a head that a proxy passes on', async () => {
  const secure = await connectorAtHand({ env: { PUBLIC_URL: 'https://localhost', TRUST_PROXY: '127.0.0.1' } })
  const address = `http://127.0.0.1:${secure.environment['PORT'] ?? ''}/wauth?state=x`
  const cookie = Array.from({ length: 150 }, () => `__Host-${unknown()}=x`).join('; ')
  const answer = await visit(address, { cookie })
  const gone = answer.headers.getSetCookie().slice(1)
  expect(gone).toHaveLength(25)
  for (const one of gone) expect(one).toMatch(/^__Host-wauth-[\w-]{22}=; Max-Age=0; Path=\/; Secure/)
  expect(headOf(answer)).toBeLessThan(4096)
})

describe('what is no navigation opens no attempt', () => {
  const ask = (headers: Record<string, string>, method?: 'HEAD') =>
    visit(`${connector.url}/wauth?state=random-${Math.random()}`, headers, method)

  test.each<[string, Record<string, string>]>([
    ['a picture', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['a frame', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }],
    ['a prefetch', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-purpose': 'prefetch' }],
    ['a script', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
  ])('%s: 403, without a cookie', async (_what, headers) => {
    const answer = await ask(headers)
    expect(answer.status).toBe(403)
    expect(answer.headers.getSetCookie()).toEqual([])
    const json = await ask({ ...headers, accept: 'application/json' })
    expect(await json.json()).toMatchObject({ status: 'failed', reason: 'forbidden' })
  })

  test('HEAD: 405, without a cookie', async () => {
    const answer = await ask({}, 'HEAD')
    expect(answer.status).toBe(405)
    expect(answer.headers.getSetCookie()).toEqual([])
  })

  test('and takes nothing from what an address may open', async () => {
    const narrow = await connectorAtHand({ env: { ATTEMPTS_PER_ADDRESS: '2' } })
    const to = () => `${narrow.url}/wauth?state=random-${Math.random()}`
    const picture = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }
    for (let i = 0; i < 5; i++) expect((await visit(to(), picture)).status).toBe(403)
    expect([await visit(to()), await visit(to())].map(({ status }) => status)).toEqual([303, 303])
  })
})
