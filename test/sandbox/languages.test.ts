import { expect, test } from 'vitest'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import { languageOf } from '../../src/sandbox/pages/words.ts'
import { sandboxAtHand } from './sandbox-at-hand.ts'

test.each([
  ['ru-RU,ru;q=0.9,en;q=0.8', 'ru'],
  ['de-DE,es;q=0.5', 'es'],
  ['pt-BR', 'pt'],
  ['de', 'en'],
  ['', 'en'],
  [undefined, 'en'],
])('of a browser that asks for %s the sandbox speaks %s', (header, language) => {
  expect(languageOf(header)).toBe(language)
})

test('a Russian browser reads the marketplace and both logins in Russian', async () => {
  const { wazzup, crm, connectorUrl } = await sandboxAtHand()
  const browser = createBrowser({ acceptLanguage: 'ru-RU,ru;q=0.9' })
  const { html } = await browser.get(wazzup.marketplaceUrl)
  expect(html).toContain('<html lang="ru">')
  expect(html).toMatch(/Личный кабинет[^]*Подключить/)
  const handOver = await browser.get(
    `${crm.handoffLoginUrl}?request=abc&return_to=${encodeURIComponent(`${connectorUrl}/wauth/callback`)}`,
  )
  expect(handOver.text).toMatch(/Выберите, кто вы[^]*Администратор/)
})

test('the page of a login that is over leads on to the marketplace', async () => {
  const { wazzup, crm } = await sandboxAtHand()
  const page = await createBrowser().get(`${crm.url}/login/over-since-long`)
  expect(page.status).toBe(400)
  expect(page.text).toContain('This login is over')
  expect(page.html).toContain(`href="${wazzup.marketplaceUrl}"`)
})
