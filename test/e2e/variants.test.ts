import Database from 'better-sqlite3'
import { parse } from 'node-html-parser'
import { request } from 'undici'
import { expect, test } from 'vitest'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import type { Page } from '../../src/sandbox/browser/page.ts'
import { seconds } from '../../src/shared/clock.ts'
import {
  connectorAtHand,
  pressConfirm,
  resultOf,
  walkToConfirm,
  type TestConnector,
} from '../support/connector.ts'

const lock = (settings: TestConnector['settings']) => {
  const other = new Database(settings.database.place.reveal())
  other.exec('BEGIN IMMEDIATE')
  return () => {
    other.exec('ROLLBACK')
    other.close()
  }
}

/** What the confirm page says would be replaced; null when it says nothing of the kind. */
function replacedIn({ html }: Page) {
  const box = parse(html).querySelector('section.box:not(.box-warning)')
  const since = box?.querySelector('time')?.getAttribute('datetime')
  return box ? { wazzupAccount: box.querySelector('bdi')?.text, since } : null
}

test("a customer's own address leads to the flow, on any path", async () => {
  const connector = await connectorAtHand({ env: { TENANT_HOSTS: '*.crm.example' } })
  const state = await connector.sandbox.wazzup.mintState()
  for (const path of ['/', '/deals/7/', '/wauth']) {
    const { statusCode, headers } = await request(`${connector.url}${path}?utm=1&state=${state}`, {
      headers: { host: 'acme.crm.example' },
    })
    expect(statusCode).toBe(303)
    expect(headers['location']).toBe(`${connector.url}/wauth?state=${state}`)
    expect(headers['referrer-policy']).toBe('no-referrer')
  }
  const { statusCode } = await request(`${connector.url}/`, { headers: { host: 'acme.crm.example' } })
  expect(statusCode).toBe(404)
})

test('a database that cannot write: 503 with a page, and nothing is lost', async () => {
  const connector = await connectorAtHand()
  const { browser, state } = await walkToConfirm(connector)
  const confirmPage = browser.page.url
  const unlock = lock(connector.settings)
  const stuck = await pressConfirm(browser)
  expect(stuck.status).toBe(503)
  expect(stuck.headers['retry-after']).toBe('5')
  expect(connector.sandbox.wazzup.connects().filter((call) => call.state === state)).toEqual([])
  unlock()
  await browser.get(confirmPage)
  await pressConfirm(browser)
  expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
})

test('a database that is locked when the key arrives: the key is not lost', async () => {
  let unlock = () => undefined as unknown
  const pauses: number[] = []
  const sleep = (ms: number) => {
    // A deadline, which does not come.
    if (ms >= seconds(5)) return new Promise<void>(() => undefined)
    pauses.push(ms)
    unlock()
    return Promise.resolve()
  }
  const connector = await connectorAtHand({ overrides: { sleep } })
  const { browser } = await walkToConfirm(connector)
  const { wazzup } = connector.sandbox
  const called = wazzup.nextConnect()
  const pressed = pressConfirm(browser)
  await called
  unlock = lock(connector.settings)
  await pressed
  expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
  expect(pauses).toEqual([100])
  expect(wazzup.connects()).toHaveLength(1)
})

test('the page speaks the language that the browser asks for', async () => {
  const connector = await connectorAtHand()
  for (const [language, locale] of [
    ['ru-RU,ru;q=0.9', 'ru'],
    ['pt', 'pt-BR'],
    ['de,es;q=0.5', 'es'],
    ['de', 'en'],
  ] as const) {
    const page = await createBrowser({ acceptLanguage: language }).get(`${connector.url}/wauth`)
    expect(page.html).toContain(`<html lang="${locale}"`)
  }
})

test('a switched language stays switched', async () => {
  const connector = await connectorAtHand()
  const { browser } = await walkToConfirm(connector)
  await browser.get(`${browser.page.url}?lang=es`)
  expect(browser.page.html).toContain('<html lang="es"')
  const page = await pressConfirm(browser)
  expect(page.html).toContain('<html lang="es"')
})

test('a role that lost its right between login and confirmation may not connect', async () => {
  const connector = await connectorAtHand()
  const { browser, state } = await walkToConfirm(connector)
  const db = new Database(connector.settings.database.place.reveal())
  db.prepare("UPDATE attempts SET role = 'user'").run()
  db.close()
  expect((await pressConfirm(browser)).status).toBe(403)
  expect(await resultOf(browser)).toMatchObject({ status: 'failed', reason: 'not_allowed' })
  expect(connector.sandbox.wazzup.connects().filter((call) => call.state === state)).toEqual([])
})

test('a reconnect says what it replaces, and the older key keeps its grace', async () => {
  const connector = await connectorAtHand()
  const { wazzup } = connector.sandbox
  const first = await walkToConfirm(connector, { state: await wazzup.mintState({ accountId: '11110001' }) })
  expect(replacedIn(first.browser.page)).toBeNull()
  await pressConfirm(first.browser)
  const since = (await connector.store.connections.find('acme'))?.connectedAt.toISOString()

  const { page } = (
    await walkToConfirm(connector, { state: await wazzup.mintState({ accountId: '11110001' }) })
  ).browser
  expect(replacedIn(page)).toEqual({ wazzupAccount: '11110001', since })
  expect(page.text).toContain('This Wazzup account is already connected')

  const second = await walkToConfirm(connector, { state: await wazzup.mintState({ accountId: '22220002' }) })
  expect(replacedIn(second.browser.page)).toEqual({ wazzupAccount: '11110001', since })
  expect(second.browser.page.text).toContain('works with the new Wazzup account only')
  await pressConfirm(second.browser)
  const [older, newer] = connector.sandbox.wazzup.connects().map(({ crmKey }) => crmKey)
  expect(await connector.keyOf(older ?? '')).toMatchObject({ keyStatus: 'previous', generation: 1 })
  expect(await connector.keyOf(newer ?? '')).toMatchObject({ keyStatus: 'current', generation: 2 })
})

test('one wide event per step, with the support id that the page shows', async () => {
  const connector = await connectorAtHand()
  const { browser } = await walkToConfirm(connector)
  const page = await pressConfirm(browser)
  const [confirm] = connector.log.events('connect.confirm')
  expect(confirm).toMatchObject({
    ...{
      level: 'info',
      step: 'callWazzup',
      claim: 'claimed',
      crmAccountId: 'acme',
      exchange: 'connected',
      wazzupStatus: 200,
      tries: 1,
    },
    took: { claimExchange: expect.any(Number) as number, callWazzup: expect.any(Number) as number },
  })
  const { browser: refused } = await walkToConfirm(connector, { user: 'acme-user' })
  const supportId = /WA-\w{4}-\w{4}/.exec(refused.page.text)?.[0]
  expect(connector.log.events('connect.result').map((line) => line['supportId'])).toContain(supportId)
  expect(page.status).toBe(200)
})
