import { describe, expect, test } from 'vitest'
import { jwtVerify } from 'jose'
import { createBrowser } from '../../../src/sandbox/browser/create-browser.ts'
import { crmAtHand, handoffSecret, type CrmAtHand } from './crm-at-hand.ts'

const ask = ({ crm, connectorUrl }: CrmAtHand, changed: Record<string, string> = {}) => {
  const fields = { request: 'nonce-of-the-attempt', return_to: `${connectorUrl}/wauth/callback`, ...changed }
  return `${crm.handoffLoginUrl}?${String(new URLSearchParams(fields))}`
}

async function pick(at: CrmAtHand, user: string) {
  const browser = createBrowser()
  const [form] = (await browser.get(ask(at))).forms
  if (!form) throw new Error('No login form')
  await browser.submit(form, { user })
  return browser
}

const verify = ({ crm, connectorUrl }: CrmAtHand, token: string) =>
  jwtVerify(token, new TextEncoder().encode(handoffSecret), {
    algorithms: ['HS256'],
    issuer: crm.issuer,
    audience: connectorUrl,
  })

test('the browser comes back with a token that says who logged in', async () => {
  const at = await crmAtHand()
  const { page } = await pick(at, 'acme-admin')
  const back = new URL(page.url)
  expect(back.origin + back.pathname).toBe(`${at.connectorUrl}/wauth/callback`)
  const { payload } = await verify(at, back.searchParams.get('token') ?? '')
  expect(payload).toMatchObject({
    nonce: 'nonce-of-the-attempt',
    jti: expect.stringMatching(/./) as string,
    sub: 'acme-admin',
    user_name: 'Anna Keller',
    account_id: 'acme',
    account_name: 'Acme Travel',
    role: 'admin',
  })
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60)
})

test('as a form, the token is posted when the person presses the button, not before', async () => {
  const at = await crmAtHand({ handoffReturn: 'form' })
  const browser = await pick(at, 'nordwind-user')
  const form = browser.page.form('/wauth/callback')
  expect(form?.method).toBe('POST')
  expect(browser.hops.some(({ url }) => url.startsWith(at.connectorUrl))).toBe(false)
  if (!form) return
  await browser.submit(form)
  expect(browser.hops.at(-1)).toMatchObject({ method: 'POST', url: `${at.connectorUrl}/wauth/callback` })
  const { payload } = await verify(at, form.fields['token'] ?? '')
  expect(payload).toHaveProperty('account_id', 'nordwind')
})

test('each login makes a token with an id of its own', async () => {
  const at = await crmAtHand()
  const ids = []
  for (let i = 0; i < 2; i++) {
    const { page } = await pick(at, 'acme-admin')
    ids.push((await verify(at, new URL(page.url).searchParams.get('token') ?? '')).payload.jti)
  }
  expect(new Set(ids).size).toBe(2)
})

test('claims can be replaced per user', async () => {
  const at = await crmAtHand({ claims: { 'acme-admin': { aud: 'https://other.example' } } })
  const { page } = await pick(at, 'acme-admin')
  const token = new URL(page.url).searchParams.get('token') ?? ''
  await expect(verify(at, token)).rejects.toMatchObject({ claim: 'aud' })
})

describe('a link that does not lead back to the connector is refused', () => {
  test.each([
    ['another origin', { return_to: 'https://evil.example/wauth/callback' }],
    ['a look-alike', { return_to: 'http://127.0.0.1@evil.example/' }],
    ['no address', { return_to: '/wauth/callback' }],
    ['no request', { request: '' }],
  ])('%s', async (_what, changed) => {
    const page = await createBrowser().get(ask(await crmAtHand(), changed))
    expect(page.status).toBe(400)
    expect(page.forms).toEqual([])
  })

  test('also when the form was changed on the way', async () => {
    const at = await crmAtHand()
    const browser = createBrowser()
    const [form] = (await browser.get(ask(at))).forms
    expect(form).toBeDefined()
    if (!form) return
    const page = await browser.submit(form, { user: 'acme-admin', return_to: 'https://evil.example/' })
    expect(page.status).toBe(400)
    expect(new URL(page.url).origin).toBe(at.crm.url)
  })
})

test('without a secret there is no hand-over login', async () => {
  const { crm, connectorUrl } = await crmAtHand()
  const { startDemoCrm } = await import('../../../src/sandbox/crm/start-demo-crm.ts')
  const plain = await startDemoCrm({ connectorUrl, clientId: 'c', clientSecret: 'a-client-secret' })
  const page = await createBrowser().get(plain.handoffLoginUrl)
  await plain.close()
  expect(page.status).toBe(404)
  expect(plain.url).not.toBe(crm.url)
})
