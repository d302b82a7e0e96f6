import { describe, expect, test } from 'vitest'
import type { Browser } from '../../src/sandbox/browser/create-browser.ts'
import { connectorAtHand, connectorFor, pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { atLogin, expectRefused } from '../support/refused-login.ts'

describe('an answer of the OpenID provider', () => {
  const connector = connectorFor('all')

  /** One request with the browser's cookies; resolves to where it is sent on. */
  async function hop({ jar }: Browser, address: string, body?: URLSearchParams): Promise<string> {
    const cookie = await jar.getCookieString(address)
    const sent = body ? { method: 'POST', body } : {}
    const answer = await fetch(address, { ...sent, headers: { cookie }, redirect: 'manual' })
    for (const line of answer.headers.getSetCookie()) await jar.setCookie(line, address)
    return new URL(answer.headers.get('location') ?? '', address).href
  }

  /** Logs in at the provider, and stops where it sends the browser back to us. */
  async function answered() {
    const { browser, state } = await atLogin(connector)
    const action = browser.page.forms[0]?.action ?? ''
    let next = await hop(browser, action, new URLSearchParams({ user: 'acme-admin' }))
    while (!next.startsWith(connector.url)) next = await hop(browser, next)
    return { browser, state, callback: new URL(next) }
  }

  /** Since so many hops the browser has been with us only, not at the provider again. */
  function expectNoOtherLogin({ hops }: Browser, since: number) {
    const origins = hops.slice(since).map((one) => new URL(one.url).origin)
    expect(new Set(origins)).toEqual(new Set([connector.url]))
  }

  test.each<[string, (answer: URLSearchParams) => void, string]>([
    [
      'with a state of another login',
      (answer) => {
        answer.set('state', (answer.get('state') ?? '').replace(/[^.]+$/, 'x'.repeat(43)))
      },
      'answer_state',
    ],
    [
      'with a code of nobody',
      (answer) => {
        answer.set('code', 'x'.repeat(43))
      },
      'invalid_grant',
    ],
    [
      'without a code',
      (answer) => {
        answer.delete('code')
      },
      'answer_without_code',
    ],
    [
      'with two codes',
      (answer) => {
        answer.append('code', answer.get('code') ?? '')
      },
      'answer_doubled',
    ],
    [
      'in the name of another provider',
      (answer) => {
        answer.set('iss', 'https://else.example')
      },
      'answer_issuer',
    ],
    [
      'in nobody’s name',
      (answer) => {
        answer.delete('iss')
      },
      'answer_issuer_missing',
    ],
  ])('%s is refused', async (_what, spoil, code) => {
    const { browser, state, callback } = await answered()
    spoil(callback.searchParams)
    await browser.get(callback.href)
    await expectRefused(connector, { browser, state, code })
  })

  test('that says no is told as cancelled; the same link still leads through the login', async () => {
    const { browser, state, callback } = await answered()
    callback.searchParams.delete('code')
    callback.searchParams.set('error', 'access_denied')
    await browser.get(callback.href)
    expect(await resultOf(browser)).toMatchObject({ httpStatus: 200, status: 'cancelled', reason: null })
    expect(browser.page.status).toBe(200)
    const cancelled = browser.page.url
    expect(connector.log.events('connect.callback').at(-1)).toMatchObject({
      ...{ login: 'refused', code: 'access_denied', level: 'info' },
    })
    // The link again is no way round the page that says so; its button is.
    await browser.get(`${connector.url}/wauth?state=${state}`)
    expect(browser.page.url).toBe(cancelled)
    await browser.get(cancelled.replace('/result', '?retry=login'))
    const login = browser.page.forms.find((form) => 'user' in form.choices)
    if (login) await browser.submit(login, { user: 'acme-admin' })
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
  })

  test('as it came leads to the confirm page', async () => {
    const { browser, callback } = await answered()
    await browser.get(callback.href)
    expect(browser.page.form('/confirm')).toBeDefined()
  })

  test('brought again shows the confirm page again', async () => {
    const { browser } = await walkToConfirm(connector)
    const { url, html } = browser.page
    const way = browser.hops.find((one) => one.url.includes('/wauth/callback'))?.url ?? ''
    const before = browser.hops.length
    await browser.get(way)
    expect(browser.page).toMatchObject({ url, html, status: 200 })
    expectNoOtherLogin(browser, before)
  })

  test('brought again after the end shows the end', async () => {
    const { browser } = await walkToConfirm(connector)
    const way = browser.hops.find((one) => one.url.includes('/wauth/callback'))?.url ?? ''
    await pressConfirm(browser)
    await browser.get(way)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
  })

  test('that comes twice at once lets both on to the confirm page', async () => {
    const { browser, callback } = await answered()
    const before = browser.hops.length
    const pages = await Promise.all([browser.get(callback.href), browser.get(callback.href)])
    for (const page of pages) {
      expect(page.status).toBe(200)
      expect(page.form('/confirm')).toBeDefined()
    }
    expectNoOtherLogin(browser, before)
  })
})

test('when the provider does not take our client the log leads to the settings', async () => {
  const oidc = await connectorAtHand({
    login: 'oidc',
    env: { OIDC_CLIENT_SECRET: 'not-the_secret.that*was-registered' },
  })
  await walkToConfirm(oidc)
  expect(oidc.log.events('connect.callback')).toMatchObject([
    {
      ...{ login: 'refused', code: 'invalid_client' },
      hint: expect.stringContaining('OIDC_CLIENT_AUTH') as string,
    },
  ])
  expect(oidc.log.events('login.client_auth')).toMatchObject([{ method: 'client_secret_basic' }])
})
