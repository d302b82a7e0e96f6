import { randomBytes, randomUUID } from 'node:crypto'
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBrowser, type Browser } from '../../src/sandbox/browser/create-browser.ts'
import { minutes } from '../../src/shared/clock.ts'
import {
  pressConfirm,
  resultOf,
  startConnector,
  walkToConfirm,
  type TestConnector,
} from '../support/connector.ts'

let connector: TestConnector

/** A browser that was sent to the login, with a state of its own. */
async function atLogin({ url, sandbox } = connector) {
  const browser = createBrowser()
  const state = await sandbox.wazzup.mintState()
  await browser.get(`${url}/wauth?state=${state}`)
  return { browser, state }
}

/** The person is told that the login failed, the log says why, and Wazzup hears nothing. */
async function expectRefused(browser: Browser, state: string, code: string, reason = 'login_failed') {
  expect(browser.page.status).toBe(reason === 'login_failed' ? 401 : 502)
  expect(await resultOf(browser)).toMatchObject({ status: 'failed', reason })
  const event = { login: 'refused', code, level: reason === 'login_failed' ? 'info' : 'error' }
  expect(connector.log.events('connect.callback').at(-1)).toMatchObject(event)
  expect(connector.sandbox.wazzup.connects().filter((call) => call.state === state)).toEqual([])
}

describe('a hand-over', () => {
  beforeAll(async () => {
    connector = await startConnector({ login: 'handoff' })
  })
  afterAll(() => connector.stop())

  const bytes = (text = '') => new TextEncoder().encode(text)
  const requestOf = (browser: Browser) => new URL(browser.page.url).searchParams.get('request') ?? ''

  type Overrides = Record<string, unknown>

  /** The CRM's word for the browser that stands at its login; `undefined` leaves a claim out. */
  function wordOf(browser: Browser, claims: Overrides = {}, { url, environment } = connector): JWTPayload {
    const iat = Math.floor(Date.now() / 1000)
    return {
      ...{ iss: environment['HANDOFF_ISSUER'] ?? '', aud: url, nonce: requestOf(browser) },
      ...{ iat, exp: iat + 60, jti: randomUUID(), sub: 'acme-admin', user_name: 'Anna Keller' },
      ...{ account_id: 'acme', account_name: 'Acme Travel', role: 'admin' },
      ...claims,
    }
  }

  const sign = (word: JWTPayload, key = bytes(connector.environment['HANDOFF_SECRET'])) =>
    new SignJWT(word).setProtectedHeader({ alg: 'HS256' }).sign(key)

  const callback = (token: string) => `${connector.url}/wauth/callback?token=${token}`

  /** What a form on the CRM's site does: a POST that leaves the cookie at home. Resolves to where it leads. */
  async function postFromElsewhere(token: string, { url } = connector): Promise<string> {
    const body = new URLSearchParams({ token })
    const answer = await fetch(`${url}/wauth/callback`, { method: 'POST', body, redirect: 'manual' })
    expect(answer.status).toBe(303)
    return new URL(answer.headers.get('location') ?? '', url).href
  }

  /** From `from` to `to`, in seconds around now; both of one look at the clock. */
  const lifeOf = (from: number, to: number) => () => {
    const now = Math.floor(Date.now() / 1000)
    return { iat: now + from, exp: now + to }
  }

  test('that has expired is refused', async () => {
    const { browser, state } = await atLogin()
    await browser.get(callback(await sign(wordOf(browser, lifeOf(-179, -119)()))))
    await expectRefused(browser, state, 'token_expired')
  })

  test.each<[string, () => Overrides, string]>([
    ['that lives for more than two minutes', lifeOf(0, 121), 'token_lives_too_long'],
    ['without an end', () => ({ exp: undefined }), 'token_claim_missing'],
    ['for another service', () => ({ aud: 'https://else.example' }), 'token_aud'],
    ['of another issuer', () => ({ iss: 'https://else.example' }), 'token_iss'],
    ['without an account', () => ({ account_id: undefined }), 'account_id_unusable'],
    ['with an empty account', () => ({ account_id: '' }), 'account_id_unusable'],
    ['without an id', () => ({ jti: undefined }), 'token_id_unusable'],
  ])('%s is refused, as the vendor’s mistake', async (_what, claims, code) => {
    const { browser, state } = await atLogin()
    await browser.get(callback(await sign(wordOf(browser, claims()))))
    await expectRefused(browser, state, code, 'login_misconfigured')
  })

  test('signed with another key is refused', async () => {
    const { browser, state } = await atLogin()
    await browser.get(callback(await sign(wordOf(browser), randomBytes(32))))
    await expectRefused(browser, state, 'token_signature')
  })

  test('signed with nothing is refused', async () => {
    const { browser, state } = await atLogin()
    await browser.get(callback(new UnsecuredJWT(wordOf(browser)).encode()))
    await expectRefused(browser, state, 'token_alg')
  })

  test('for another login of the same attempt is refused', async () => {
    const { browser, state } = await atLogin()
    const nonce = requestOf(browser).replace(/[^.]+$/, 'x'.repeat(43))
    await browser.get(callback(await sign(wordOf(browser, { nonce }))))
    await expectRefused(browser, state, 'token_for_other_request')
  })

  test('of somebody whose role may not connect is refused', async () => {
    const { browser } = await atLogin()
    await browser.get(callback(await sign(wordOf(browser, { role: 'user' }))))
    expect(browser.page.status).toBe(403)
    expect(await resultOf(browser)).toMatchObject({ status: 'failed', reason: 'not_allowed' })
  })

  test("for another browser's attempt is not found, and neither attempt loses anything", async () => {
    const { browser } = await atLogin()
    const { browser: other } = await atLogin()
    const [word, otherWord] = [wordOf(browser), wordOf(other)]
    expect((await browser.get(callback(await sign(otherWord)))).status).toBe(404)
    for (const [its, own] of [
      [browser, word],
      [other, otherWord],
    ] as const) {
      await its.get(callback(await sign(own)))
      expect(its.page.form('/confirm')).toBeDefined()
    }
  })

  test('brought again in a second attempt shows where the first one stands', async () => {
    const { browser } = await atLogin()
    const token = await sign(wordOf(browser))
    const { url: first } = await browser.get(callback(token))
    await browser.get(`${connector.url}/wauth?state=${await connector.sandbox.wazzup.mintState()}`)
    const second = requestOf(browser)
    expect((await browser.get(callback(token))).url).toBe(first)
    expect(browser.page.form('/confirm')).toBeDefined()
    // The second attempt still waits for its own login.
    await browser.get(`${connector.url}/wauth/attempts/${second.split('.')[0] ?? ''}`)
    expect(requestOf(browser)).toBe(second)
  })

  test('whose id has been used before is refused, though everything else in it is new', async () => {
    const jti = randomUUID()
    const { browser } = await atLogin()
    await browser.get(callback(await sign(wordOf(browser, { jti }))))
    expect(browser.page.form('/confirm')).toBeDefined()
    const { browser: second, state } = await atLogin()
    await second.get(callback(await sign(wordOf(second, { jti }))))
    await expectRefused(second, state, 'token_used_before')
  })

  test('posted without the cookie is put aside, and taken up with it', async () => {
    const { browser } = await atLogin()
    const way = await postFromElsewhere(await sign(wordOf(browser)))
    expect(way).toMatch(/\/wauth\/callback\?parked=[\w-]{43}$/)
    await browser.get(way)
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected', crmAccountName: 'Acme Travel' })
  })

  test('put aside is not for another browser, and still there for its own', async () => {
    const { browser } = await atLogin()
    const { browser: thief } = await atLogin()
    const way = await postFromElsewhere(await sign(wordOf(browser)))
    expect((await thief.get(way)).status).toBe(404)
    await browser.get(way)
    expect(browser.page.form('/confirm')).toBeDefined()
  })

  test('put aside is gone after a minute', async () => {
    const later = await startConnector({ login: 'handoff' })
    try {
      const { browser } = await atLogin(later)
      const key = bytes(later.environment['HANDOFF_SECRET'])
      const way = await postFromElsewhere(await sign(wordOf(browser, {}, later), key), later)
      await later.moveTime(minutes(1))
      expect((await browser.get(way)).status).toBe(400)
    } finally {
      await later.stop()
    }
  })
})

describe('an answer of the OpenID provider', () => {
  beforeAll(async () => {
    connector = await startConnector()
  })
  afterAll(() => connector.stop())

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
    const { browser, state } = await atLogin()
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
    [
      'that says no',
      (answer) => {
        answer.delete('code')
        answer.set('error', 'access_denied')
      },
      'access_denied',
    ],
  ])('%s is refused', async (_what, spoil, code) => {
    const { browser, state, callback } = await answered()
    spoil(callback.searchParams)
    await browser.get(callback.href)
    await expectRefused(browser, state, code)
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
  const oidc = await startConnector({
    login: 'oidc',
    env: { OIDC_CLIENT_SECRET: 'not-the_secret.that*was-registered' },
  })
  try {
    await walkToConfirm(oidc)
    expect(oidc.log.events('connect.callback')).toMatchObject([
      {
        ...{ login: 'refused', code: 'invalid_client' },
        hint: expect.stringContaining('OIDC_CLIENT_AUTH') as string,
      },
    ])
    expect(oidc.log.events('login.client_auth')).toMatchObject([{ method: 'client_secret_basic' }])
  } finally {
    await oidc.stop()
  }
})
