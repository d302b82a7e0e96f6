import { expect, test } from 'vitest'
import { createBrowser } from '../../../src/sandbox/browser/create-browser.ts'
import { connect, module, send, wazzupAtHand } from './wazzup-at-hand.ts'

const click = (url: string, query: Record<string, string>) =>
  send(`${url}/marketplace/connect?${String(new URLSearchParams(query))}`)

test('the "Connect" button sends the client to the CRM with a fresh state', async () => {
  const wazzup = await wazzupAtHand()
  const answer = await click(wazzup.url, { crmCode: module.crmCode })
  expect(answer.status).toBe(302)
  const location = new URL(String(answer.headers['location']))
  expect(location.origin + location.pathname).toBe(module.authRedirectUri)
  const state = location.searchParams.get('state')
  expect((await connect(wazzup, { state })).status).toBe(200)
})

test('after connecting, the page shows the name that the CRM gave', async () => {
  const wazzup = await wazzupAtHand()
  const browser = createBrowser()
  expect((await browser.get(wazzup.marketplaceUrl)).text).not.toContain('Connected')
  await connect(wazzup, { name: 'Acme & Sons <b>' })
  const { text } = await browser.get(wazzup.marketplaceUrl)
  expect(text).toContain('Connected')
  expect(text).toContain('Acme & Sons <b>')
})

test('each account has a page of its own', async () => {
  const wazzup = await wazzupAtHand()
  await connect(wazzup, { state: await wazzup.mintState({ accountId: '87654321' }) })
  const browser = createBrowser()
  expect((await browser.get(`${wazzup.marketplaceUrl}?accountId=87654321`)).text).toContain('Connected')
  expect((await browser.get(wazzup.marketplaceUrl)).text).not.toContain('Connected')
})

test('a module without an address asks the client for his', async () => {
  const wazzup = await wazzupAtHand({ module: { ...module, authRedirectUri: '' } })
  const page = await createBrowser().get(wazzup.marketplaceUrl)
  expect(page.form('/marketplace/connect')?.fields).toHaveProperty('domain')
  const answer = await click(wazzup.url, { crmCode: module.crmCode, domain: 'https://A.crm.test/in?x=1' })
  expect(answer.headers['location']).toMatch(/^https:\/\/a\.crm\.test\/in\?x=1&state=/)
})

test.each(['acme', 'javascript:alert(1)', ''])('the typed address "%s" leads nowhere', async (domain) => {
  const wazzup = await wazzupAtHand({ module: { ...module, authRedirectUri: '' } })
  const answer = await click(wazzup.url, { crmCode: module.crmCode, domain })
  expect(answer.status).toBe(400)
  expect(answer.text).toContain('Type the full address')
})

test('the page loads nothing from elsewhere and runs no script', async () => {
  const wazzup = await wazzupAtHand()
  const { headers, text } = await send(wazzup.marketplaceUrl)
  expect(headers['content-security-policy']).toContain("default-src 'none'")
  expect(text).not.toMatch(/<script|https?:\/\//)
  expect((await send(`${wazzup.url}/assets/sandbox.css`)).status).toBe(200)
})
