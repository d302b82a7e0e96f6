import { expect } from 'vitest'
import { createBrowser, type Browser } from '../../src/sandbox/browser/create-browser.ts'
import { resultOf, type TestConnector } from './connector.ts'

/** A browser that was sent to the login, with a state of its own. */
export async function atLogin({ url, sandbox }: TestConnector) {
  const browser = createBrowser()
  const state = await sandbox.wazzup.mintState()
  await browser.get(`${url}/wauth?state=${state}`)
  return { browser, state }
}

export interface RefusedLogin {
  browser: Browser
  state: string
  code: string
  reason?: 'login_failed' | 'login_misconfigured'
}

/** The person is told that the login failed, the log says why, and Wazzup hears nothing. */
export async function expectRefused(
  { log, sandbox }: TestConnector,
  { browser, state, code, reason = 'login_failed' }: RefusedLogin,
) {
  expect(browser.page.status).toBe(reason === 'login_failed' ? 401 : 502)
  expect(await resultOf(browser)).toMatchObject({ status: 'failed', reason })
  const event = { login: 'refused', code, level: reason === 'login_failed' ? 'info' : 'error' }
  expect(log.events('connect.callback').at(-1)).toMatchObject(event)
  expect(sandbox.wazzup.connects().filter((call) => call.state === state)).toEqual([])
}
