import { describe, expect, test } from 'vitest'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import { minutes } from '../../src/shared/clock.ts'
import { connectorAtHand, connectorFor, pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { heldAnswersAtHand } from '../support/held-answers.ts'
import { visit } from '../support/visit.ts'

const connector = connectorFor('all')

const callsOf = (state: string, { sandbox } = connector) =>
  sandbox.wazzup.connects().filter((call) => call.state === state)

/** Other text, the same bytes: the last character of the signature has bits that nobody reads. */
function inAnotherSpelling(state: string): string {
  const bytes = (text: string) => Buffer.from(text.slice(text.lastIndexOf('.') + 1), 'base64url')
  const ends = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
  const twins = ends.map((end) => state.slice(0, -1) + end).filter((text) => text !== state)
  const twin = twins.find((text) => bytes(text).equals(bytes(state)))
  if (twin === undefined) throw new Error('there is one spelling only')
  return twin
}

describe('browsers, tabs and accounts', () => {
  test("two browsers that cross each other's callbacks: both refused, neither loses anything", async () => {
    const [one, two] = [createBrowser(), createBrowser()]
    const a = await walkToConfirm(connector, { browser: one })
    const b = await walkToConfirm(connector, { browser: two, user: 'nordwind-admin' })
    const callbackOf = (browser: typeof one) =>
      browser.hops.find(({ url }) => url.includes('/wauth/callback'))?.url ?? ''
    expect((await createBrowser().get(callbackOf(one))).status).toBe(404)
    expect((await two.get(callbackOf(one))).status).toBe(404)
    expect((await one.get(callbackOf(two))).status).toBe(404)

    await one.get(`${connector.url}/wauth?state=${a.state}`)
    await pressConfirm(one)
    await two.get(`${connector.url}/wauth?state=${b.state}`)
    await pressConfirm(two)
    expect(await resultOf(one)).toMatchObject({ status: 'connected', crmAccountName: 'Acme Travel' })
    expect(await resultOf(two)).toMatchObject({ status: 'connected', crmAccountName: 'Nordwind GmbH' })
  })

  test('a callback that another browser brings before its owner spends nothing', async () => {
    const victim = createBrowser()
    const start = await visit(`${connector.url}/wauth?state=${await connector.sandbox.wazzup.mintState()}`)
    const id = start.headers.get('location')?.split('/').at(-1) ?? ''
    const stolen = await victim.get(
      `${connector.url}/wauth/callback?state=${id}.${'x'.repeat(43)}&code=stolen`,
    )
    expect(stolen.status).toBe(404)
    const cookie = start.headers.get('set-cookie')?.split(';')[0] ?? ''
    const next = await fetch(`${connector.url}/wauth/attempts/${id}`, {
      headers: { cookie },
      redirect: 'manual',
    })
    expect(next.status).toBe(303)
    expect(next.headers.get('location')).toContain(connector.sandbox.crm.url)
  })

  test('two tabs with two states do not disturb each other', async () => {
    const browser = createBrowser()
    const first = await walkToConfirm(connector, { browser })
    const firstPage = browser.page
    const second = await walkToConfirm(connector, { browser })
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
    await browser.get(firstPage.url)
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
    expect(callsOf(first.state)).toHaveLength(1)
    expect(callsOf(second.state)).toHaveLength(1)
  })

  test('twenty confirmations at once make one call, and all see its result', async () => {
    const { browser, state } = await walkToConfirm(connector)
    const form = browser.page.form('/confirm')
    const cookie = await browser.jar.getCookieString(connector.url)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        fetch(form?.action ?? '', {
          method: 'POST',
          redirect: 'manual',
          headers: { cookie },
          body: new URLSearchParams({ ...form?.fields, aware: 'on' }),
        }),
      ),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]))
    expect(callsOf(state)).toHaveLength(1)
    for (const answer of answers) {
      await browser.get(new URL(answer.headers.get('location') ?? '', connector.url).href)
      expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
    }
  })

  test('the same state in two browsers of one account is one exchange, and both see it', async () => {
    const one = await walkToConfirm(connector)
    const two = await walkToConfirm(connector, { state: one.state })
    await pressConfirm(one.browser)
    await pressConfirm(two.browser)
    expect(await resultOf(one.browser)).toMatchObject({ status: 'connected' })
    expect(await resultOf(two.browser)).toMatchObject({ status: 'connected' })
    expect(callsOf(one.state)).toHaveLength(1)
  })

  test('a state that a second CRM account confirms is refused before any call', async () => {
    const owner = await walkToConfirm(connector)
    const other = await walkToConfirm(connector, { state: owner.state, user: 'nordwind-admin' })
    await pressConfirm(owner.browser)
    expect((await pressConfirm(other.browser)).status).toBe(409)
    expect(await resultOf(other.browser)).toMatchObject({ status: 'failed', reason: 'state_used_elsewhere' })
    expect(callsOf(owner.state)).toHaveLength(1)
  })

  test.each([['acme-admin'], ['nordwind-admin']])(
    'one state in two spellings, confirmed by two CRM accounts at once: one connects, and one call is made (%s first)',
    async (first) => {
      const state = await connector.sandbox.wazzup.mintState()
      const twin = inAnotherSpelling(state)
      const second = first === 'acme-admin' ? 'nordwind-admin' : 'acme-admin'
      const both = [
        await walkToConfirm(connector, { state: twin, user: first }),
        await walkToConfirm(connector, { state, user: second }),
      ]
      await Promise.all(both.map(({ browser }) => pressConfirm(browser)))
      const results = await Promise.all(both.map(({ browser }) => resultOf(browser)))
      const [connected, refused] = results[0]?.status === 'connected' ? results : results.toReversed()
      expect(connected).toMatchObject({ status: 'connected' })
      expect(refused).toMatchObject({ status: 'failed', reason: 'state_used_elsewhere', httpStatus: 409 })
      // The bytes that came are the bytes that are sent.
      const sent = [...callsOf(state), ...callsOf(twin)]
      expect(sent).toHaveLength(1)
      expect(sent[0]?.state).toBe(results[0] === connected ? twin : state)
    },
  )

  test('a page of before another login does not confirm for the new user', async () => {
    const { browser, state } = await walkToConfirm(connector)
    const old = browser.page.form('/confirm')
    await browser.get(browser.page.url.replace('/confirm', '?retry=login'))
    const login = browser.page.forms.find((form) => 'user' in form.fields || 'user' in form.choices)
    if (!login || !old) throw new Error('expected a login form')
    await browser.submit(login, { user: 'nordwind-admin' })
    expect(browser.page.text).toContain('Nordwind')
    expect((await browser.submit(old, { aware: 'on' })).status).toBe(403)
    expect(callsOf(state)).toEqual([])
  })
})

describe('two confirmations of one account', () => {
  test('a page that was overtaken is shown again and says what it would now replace', async () => {
    const one = await walkToConfirm(connector)
    const other = await walkToConfirm(connector, {
      state: await connector.sandbox.wazzup.mintState({ accountId: '55550001' }),
    })
    await pressConfirm(other.browser)
    const again = await pressConfirm(one.browser)
    expect(new URL(again.url).pathname).toMatch(/\/confirm$/)
    expect(again.text).toContain('at the same moment, so nothing was sent')
    expect(again.text).toContain('55550001')
    expect(callsOf(one.state)).toEqual([])
    await pressConfirm(one.browser)
    expect(await resultOf(one.browser)).toMatchObject({ status: 'connected' })
  })

  test('the one that was confirmed last holds the keys, also when the first one was lost on its way', async () => {
    const { options, hold } = await heldAnswersAtHand()
    const at = await connectorAtHand({ ...options, switches: { stateReuse: 'same-key' } })
    const { wazzup } = at.sandbox
    const first = await walkToConfirm(at)
    const second = await walkToConfirm(at)
    const { breakOff } = hold()
    const called = wazzup.nextConnect()
    const firstResult = pressConfirm(first.browser)
    await called
    expect((await pressConfirm(second.browser)).text).toContain('being made right now')
    breakOff()
    await firstResult
    await second.browser.get(second.browser.page.url)
    await pressConfirm(second.browser)
    expect(await resultOf(second.browser)).toMatchObject({ status: 'connected' })
    expect(await resultOf(first.browser)).toMatchObject({ status: 'failed', reason: 'restart_needed' })
    expect(callsOf(first.state, at)).toHaveLength(1)
    const [alive] = wazzup
      .connections()
      .filter(({ keyAlive, crmKey }) => keyAlive && crmKey === callsOf(second.state, at)[0]?.crmKey)
    expect(await at.keyOf(alive?.crmKey ?? '')).toMatchObject({
      keyStatus: 'current',
      apiKey: alive?.apiKey,
    })
  })
})

// The last one: after it the service's clock is ten minutes ahead of the provider's, and logins are refused.
describe('time', () => {
  test('an attempt that nobody confirmed in ten minutes is over, and says so', async () => {
    const { browser, state } = await walkToConfirm(connector)
    const form = browser.page.form('/confirm')
    await connector.moveTime(minutes(10))
    if (!form) throw new Error('no confirm form')
    expect((await browser.submit(form, { aware: 'on' })).status).toBe(410)
    expect(await resultOf(browser)).toMatchObject({ status: 'expired', reason: null })
    expect(callsOf(state)).toEqual([])
  })
})
