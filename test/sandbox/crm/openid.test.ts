import { describe, expect, test, vi } from 'vitest'
import * as openid from 'openid-client'
import { createBrowser, type Browser } from '../../../src/sandbox/browser/create-browser.ts'
import { client, crmAtHand, type CrmAtHand } from './crm-at-hand.ts'

async function startLogin({ crm, connectorUrl }: CrmAtHand, extra: Record<string, string> = {}) {
  const config = await openid.discovery(
    new URL(crm.issuer),
    client.clientId,
    client.clientSecret,
    undefined,
    {
      execute: [openid.allowInsecureRequests],
    },
  )
  const verifier = openid.randomPKCECodeVerifier()
  const address = openid.buildAuthorizationUrl(config, {
    redirect_uri: `${connectorUrl}/wauth/callback`,
    scope: 'openid profile crm',
    state: 'S',
    nonce: 'N',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...extra,
  })
  const finish = (url: string) =>
    openid.authorizationCodeGrant(config, new URL(url), {
      pkceCodeVerifier: verifier,
      expectedState: 'S',
      expectedNonce: 'N',
      idTokenExpected: true,
    })
  return { config, address: address.href, finish }
}

async function pick(browser: Browser, user: string) {
  const form = browser.page.forms[0]
  if (!form) throw new Error('No login form')
  return browser.submit(form, { user })
}

/** Logs in and returns the claims of the ID token. */
async function logIn(at: CrmAtHand, user: string) {
  const login = await startLogin(at)
  const browser = createBrowser()
  await browser.get(login.address)
  const tokens = await login.finish((await pick(browser, user)).url)
  return { ...login, browser, tokens, claims: tokens.claims() }
}

test('the ID token says who logged in and for which company', async () => {
  const { claims } = await logIn(await crmAtHand(), 'nordwind-admin')
  expect(claims).toMatchObject({
    sub: 'nordwind-admin',
    name: 'Jonas Brandt',
    account_id: 'nordwind',
    account_name: 'Nordwind GmbH',
    role: 'admin',
  })
})

test('both companies have an administrator and an ordinary user to pick', async () => {
  const at = await crmAtHand()
  const page = await createBrowser().get((await startLogin(at)).address)
  expect(page.forms[0]?.choices).toEqual({
    user: ['acme-admin', 'acme-user', 'nordwind-admin', 'nordwind-user'],
  })
  const users = at.crm.customers.map((customer) => customer.users.map(({ role }) => role))
  expect(users).toEqual([
    ['admin', 'user'],
    ['admin', 'user'],
  ])
})

test('with claimsInIdToken off, account and role are told at the userinfo endpoint only', async () => {
  const { config, tokens, claims } = await logIn(await crmAtHand({ claimsInIdToken: false }), 'acme-user')
  expect(claims).not.toHaveProperty('account_id')
  const info = await openid.fetchUserInfo(config, tokens.access_token, 'acme-user')
  expect(info).toMatchObject({ account_id: 'acme', account_name: 'Acme Travel', role: 'user' })
})

test('claims can be replaced and left out, per user', async () => {
  const at = await crmAtHand({ claims: { 'acme-admin': { account_id: 42, role: undefined } } })
  const { claims } = await logIn(at, 'acme-admin')
  expect(claims).toHaveProperty('account_id', 42)
  expect(claims).not.toHaveProperty('role')
  expect((await logIn(at, 'nordwind-admin')).claims).toHaveProperty('account_id', 'nordwind')
})

describe('the login page', () => {
  test('is skipped for a person the CRM remembers', async () => {
    const at = await crmAtHand()
    const { browser } = await logIn(at, 'acme-admin')
    const page = await browser.get((await startLogin(at)).address)
    expect(new URL(page.url).pathname).toBe('/wauth/callback')
  })

  test('is shown again with prompt=login, for another user too', async () => {
    const at = await crmAtHand()
    const { browser } = await logIn(at, 'acme-admin')
    const again = await startLogin(at, { prompt: 'login' })
    expect((await browser.get(again.address)).title).toBe('Log in')
    const tokens = await again.finish((await pick(browser, 'nordwind-user')).url)
    expect(tokens.claims()?.sub).toBe('nordwind-user')
  })

  test('sends back access_denied when the person cancels', async () => {
    const at = await crmAtHand()
    const browser = createBrowser()
    const page = await browser.get((await startLogin(at)).address)
    const cancel = page.form('/cancel')
    expect(cancel?.buttons[0]?.text).toBe('Cancel')
    if (!cancel) return
    const { searchParams } = new URL((await browser.submit(cancel)).url)
    expect(Object.fromEntries(searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'S',
      iss: at.crm.issuer,
    })
  })

  test('asks again when nobody was picked', async () => {
    const at = await crmAtHand()
    const browser = createBrowser()
    const page = await browser.get((await startLogin(at)).address)
    const [form] = page.forms
    expect(form).toBeDefined()
    if (!form) return
    const answer = await browser.submit(form)
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('Pick one of the people')
  })

  test('of another browser is refused with a page that says what to do', async () => {
    const at = await crmAtHand()
    const { url } = await createBrowser().get((await startLogin(at)).address)
    const stranger = await createBrowser().get(url)
    expect(stranger.status).toBe(400)
    expect(stranger.text).toContain('start again')
  })
})

test('a login without PKCE is refused', async () => {
  const at = await crmAtHand()
  const address = new URL((await startLogin(at)).address)
  address.searchParams.delete('code_challenge')
  address.searchParams.delete('code_challenge_method')
  const page = await createBrowser().get(address.href)
  expect(new URL(page.url).searchParams.get('error')).toBe('invalid_request')
})

test('a code is good once', async () => {
  const at = await crmAtHand()
  const login = await startLogin(at)
  const browser = createBrowser()
  await browser.get(login.address)
  const { url } = await pick(browser, 'acme-admin')
  await login.finish(url)
  await expect(login.finish(url)).rejects.toMatchObject({ error: 'invalid_grant' })
})

test('a return address of somebody else is refused on a page of the CRM', async () => {
  const at = await crmAtHand()
  const page = await createBrowser().get(
    (await startLogin(at, { redirect_uri: 'http://127.0.0.1:9/wauth/callback' })).address,
  )
  expect(page.status).toBe(400)
  expect(new URL(page.url).origin).toBe(at.crm.url)
})

test('nothing is written to the console', async () => {
  const written = (['info', 'warn', 'error', 'log'] as const).map((level) => vi.spyOn(console, level))
  await logIn(await crmAtHand(), 'acme-admin')
  expect(written.flatMap(({ mock }) => mock.calls)).toEqual([])
})
