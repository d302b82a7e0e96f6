import { randomBytes, randomUUID } from 'node:crypto'
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Browser } from '../../src/sandbox/browser/create-browser.ts'
import { minutes, seconds } from '../../src/shared/clock.ts'
import { startKeySet } from '../login/handoff/crm.ts'
import { connectorAtHand, connectorFor, pressConfirm, resultOf } from '../support/connector.ts'
import { atLogin, expectRefused } from '../support/refused-login.ts'

const connector = connectorFor('all', { login: 'handoff' })

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
async function postFromElsewhere(token: string, { url } = connector, address = '127.0.0.1'): Promise<string> {
  const body = new URLSearchParams({ token })
  const headers = { 'x-forwarded-for': address }
  const answer = await fetch(`${url}/wauth/callback`, { method: 'POST', body, headers, redirect: 'manual' })
  expect(answer.status).toBe(303)
  return new URL(answer.headers.get('location') ?? '', url).href
}

/** A key set of the CRM that gives no answer yet, and the key in it. */
async function keysOutOfReach() {
  const keySet = await startKeySet({ down: true })
  onTestFinished(keySet.close)
  return { ...keySet, ...keySet.key() }
}

/** From `from` to `to`, in seconds around now; both of one look at the clock. */
const lifeOf = (from: number, to: number) => () => {
  const now = Math.floor(Date.now() / 1000)
  return { iat: now + from, exp: now + to }
}

describe('a hand-over', () => {
  test('that has expired is refused', async () => {
    const { browser, state } = await atLogin(connector)
    await browser.get(callback(await sign(wordOf(browser, lifeOf(-179, -119)()))))
    await expectRefused(connector, { browser, state, code: 'token_expired' })
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
    const { browser, state } = await atLogin(connector)
    await browser.get(callback(await sign(wordOf(browser, claims()))))
    await expectRefused(connector, { browser, state, code, reason: 'login_misconfigured' })
  })

  test('of a user without an account leads to the login of another one, with the same link', async () => {
    const { browser } = await atLogin(connector)
    await browser.get(callback(await sign(wordOf(browser, { account_id: undefined }))))
    await browser.get(browser.page.url.replace('/result', '?retry=login'))
    await browser.get(callback(await sign(wordOf(browser))))
    expect(browser.page.form('/confirm')).toBeDefined()
  })

  test('signed with another key is refused', async () => {
    const { browser, state } = await atLogin(connector)
    await browser.get(callback(await sign(wordOf(browser), randomBytes(32))))
    await expectRefused(connector, { browser, state, code: 'token_signature' })
  })

  test('signed with nothing is refused', async () => {
    const { browser, state } = await atLogin(connector)
    await browser.get(callback(new UnsecuredJWT(wordOf(browser)).encode()))
    await expectRefused(connector, { browser, state, code: 'token_alg' })
  })

  test('for another login of the same attempt is refused', async () => {
    const { browser, state } = await atLogin(connector)
    const nonce = requestOf(browser).replace(/[^.]+$/, 'x'.repeat(43))
    await browser.get(callback(await sign(wordOf(browser, { nonce }))))
    await expectRefused(connector, { browser, state, code: 'token_for_other_request' })
  })

  test('of somebody whose role may not connect is refused', async () => {
    const { browser } = await atLogin(connector)
    await browser.get(callback(await sign(wordOf(browser, { role: 'user' }))))
    expect(browser.page.status).toBe(403)
    expect(await resultOf(browser)).toMatchObject({ status: 'failed', reason: 'not_allowed' })
  })

  test("for another browser's attempt is not found, and neither attempt loses anything", async () => {
    const { browser } = await atLogin(connector)
    const { browser: other } = await atLogin(connector)
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
    const { browser } = await atLogin(connector)
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
    const { browser } = await atLogin(connector)
    await browser.get(callback(await sign(wordOf(browser, { jti }))))
    expect(browser.page.form('/confirm')).toBeDefined()
    const { browser: second, state } = await atLogin(connector)
    await second.get(callback(await sign(wordOf(second, { jti }))))
    await expectRefused(connector, { browser: second, state, code: 'token_used_before' })
  })
})

describe('a hand-over by POST', () => {
  test('posted without the cookie is put aside, and taken up with it', async () => {
    const { browser } = await atLogin(connector)
    const way = await postFromElsewhere(await sign(wordOf(browser)))
    expect(way).toMatch(/\/wauth\/callback\?parked=[\w-]{43}$/)
    await browser.get(way)
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected', crmAccountName: 'Acme Travel' })
  })

  test('put aside stays, whatever strangers post for the same attempt, before it and after it', async () => {
    const { browser } = await atLogin(connector)
    const theirs = wordOf(browser, { sub: 'stranger', account_id: 'evil' })
    const [attemptId = ''] = requestOf(browser).split('.')
    const hostile = [
      // From a log: the id of the attempt. From an address of the CRM: all of the request.
      await sign({ ...theirs, nonce: `${attemptId}.${'x'.repeat(43)}` }, randomBytes(32)),
      await sign(theirs, randomBytes(32)),
      // Somebody who has an account in the CRM, and gets it to sign for them.
      await sign(theirs),
    ]
    const flood = async () => {
      for (let i = 0; i < 10; i++) for (const token of hostile) await postFromElsewhere(token)
    }
    await flood()
    const way = await postFromElsewhere(await sign(wordOf(browser)))
    await flood()
    await browser.get(way)
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected', crmAccountName: 'Acme Travel' })
  })

  test('put aside stays while nobody can prove anything: the keys of the CRM are out of reach', async () => {
    const { privateKey, alg, kid, ...keys } = await keysOutOfReach()
    const away = await connectorAtHand({
      login: 'handoff',
      env: { TRUST_PROXY: '127.0.0.1', HANDOFF_SECRET: '', HANDOFF_JWKS_URL: keys.url },
    })
    const signAway = (word: JWTPayload) => new SignJWT(word).setProtectedHeader({ alg, kid }).sign(privateKey)
    const { browser } = await atLogin(away)
    const word = wordOf(browser, {}, away)
    const flood = async (address: string) => {
      // They know all that stands in the address of the login, and for whom the person acts.
      for (let i = 0; i < 12; i++)
        await postFromElsewhere(await sign({ ...word, jti: `${i}` }, bytes('x'.repeat(32))), away, address)
    }
    const way = await postFromElsewhere(await signAway(word), away, '192.0.2.1')
    for (const address of ['192.0.2.1', '198.51.100.7']) await flood(address)
    keys.script.down = false
    await away.moveTime(seconds(30))
    await browser.get(way)
    expect(browser.page.form('/confirm')).toBeDefined()
  })

  test('posted twice by one person leads on by both ways', async () => {
    const { browser } = await atLogin(connector)
    const token = await sign(wordOf(browser))
    const [first, second] = [await postFromElsewhere(token), await postFromElsewhere(token)]
    await browser.get(first)
    expect(browser.page.form('/confirm')).toBeDefined()
    await browser.get(second)
    expect(browser.page.form('/confirm')).toBeDefined()
  })

  test('put aside is not for another browser, and still there for its own', async () => {
    const { browser } = await atLogin(connector)
    const { browser: thief } = await atLogin(connector)
    const way = await postFromElsewhere(await sign(wordOf(browser)))
    expect((await thief.get(way)).status).toBe(404)
    await browser.get(way)
    expect(browser.page.form('/confirm')).toBeDefined()
  })

  test('put aside is gone after a minute', async () => {
    const later = await connectorAtHand({ login: 'handoff' })
    const { browser } = await atLogin(later)
    const key = bytes(later.environment['HANDOFF_SECRET'])
    const way = await postFromElsewhere(await sign(wordOf(browser, {}, later), key), later)
    await later.moveTime(minutes(1))
    expect((await browser.get(way)).status).toBe(400)
  })
})
