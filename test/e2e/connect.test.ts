import { describe, expect, test } from 'vitest'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import {
  connectorAtHand,
  connectorFor,
  logInAgain,
  pressConfirm,
  resultOf,
  walkToConfirm,
} from '../support/connector.ts'

describe.each(['oidc', 'handoff'] as const)('connecting, with login by %s', (login) => {
  const connector = connectorFor('all', { login })

  test('a person connects, and the key is there before the page says so', async () => {
    const { browser, state } = await walkToConfirm(connector)
    expect(browser.page.text).toContain('Acme Travel')
    const page = await pressConfirm(browser)
    expect(page.status).toBe(200)
    expect(await resultOf(browser)).toMatchObject({
      status: 'connected',
      reason: null,
      crmAccountName: 'Acme Travel',
    })

    const [call] = connector.sandbox.wazzup.connects().filter((one) => one.state === state)
    expect(call).toMatchObject({ secret: connector.environment['WAZZUP_SECRET'], name: 'Acme Travel' })
    const [issued] = connector.sandbox.wazzup.connections().filter((one) => one.crmKey === call?.crmKey)
    expect(await connector.keyOf(call?.crmKey ?? '')).toMatchObject({
      ...{ crmAccountId: 'acme', keyStatus: 'current', apiKey: issued?.apiKey },
    })
  })

  test('no page is ever shown on an address that carries the state', async () => {
    const { browser } = await walkToConfirm(connector)
    await pressConfirm(browser)
    const withState = browser.hops.filter(({ url }) => url.includes('/wauth?state='))
    expect(withState.map(({ status }) => status)).toEqual([303])
  })

  test('a reload of the result, the back button and the first address all lead to the stored outcome', async () => {
    const { browser, state } = await walkToConfirm(connector)
    const { url } = await pressConfirm(browser)
    const calls = connector.sandbox.wazzup.connects().length
    for (const address of [
      url,
      url.replace('/result', '/confirm'),
      `${connector.url}/wauth?state=${state}`,
    ]) {
      expect((await browser.get(address)).url).toBe(url)
      expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
    }
    expect(connector.sandbox.wazzup.connects()).toHaveLength(calls)
  })

  test('cancelling calls nobody and can be looked at again', async () => {
    const { browser, state } = await walkToConfirm(connector)
    const form = browser.page.form('/cancel')
    if (!form) throw new Error('no cancel form')
    expect((await browser.submit(form)).status).toBe(200)
    expect(await resultOf(browser)).toMatchObject({ status: 'cancelled', reason: null })
    expect(connector.sandbox.wazzup.connects().filter((call) => call.state === state)).toEqual([])
  })

  test('a user whose role may not connect is told so, and may log in as another', async () => {
    const { browser, state } = await walkToConfirm(connector, { user: 'acme-user' })
    expect(browser.page.status).toBe(403)
    expect(await resultOf(browser)).toMatchObject({ status: 'failed', reason: 'not_allowed' })
    const again = browser.page.links.find(({ href }) => href.endsWith('?retry=login'))
    if (!again) throw new Error('no way to log in again')
    await browser.follow(again)
    const login = browser.page.forms.find((form) => 'user' in form.fields || 'user' in form.choices)
    if (!login) throw new Error('no login form')
    await browser.submit(login, { user: 'acme-admin' })
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
    expect(connector.sandbox.wazzup.connects().filter((call) => call.state === state)).toHaveLength(1)
  })
})

test('somebody who leaves the login is told so, and may log in after all', async () => {
  const connector = await connectorAtHand({ login: 'oidc' })
  const browser = createBrowser()
  await browser.get(`${connector.url}/wauth?state=${await connector.sandbox.wazzup.mintState()}`)
  const leave = browser.page.form('/cancel')
  if (!leave) throw new Error('no way to leave the login')
  expect((await browser.submit(leave)).status).toBe(200)
  expect(await resultOf(browser)).toMatchObject({ status: 'cancelled', reason: null })
  await logInAgain(browser, 'acme-admin')
  await pressConfirm(browser)
  expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
})
