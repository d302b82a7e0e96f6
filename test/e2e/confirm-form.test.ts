import { describe, expect, test } from 'vitest'
import { connectorFor, pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { expectSecured } from '../support/expect-secured.ts'

const connector = connectorFor('all')

describe('the confirm form', () => {
  const post = async (token: string | null, headers: Record<string, string> = {}, type?: string) => {
    const { browser, state } = await walkToConfirm(connector)
    const form = browser.page.form('/confirm')
    const csrf = token ?? form?.fields['csrf'] ?? ''
    const answer = await fetch(form?.action ?? '', {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: await browser.jar.getCookieString(connector.url), ...headers },
      body:
        type === 'text/plain'
          ? new Blob([`csrf=${csrf}&aware=on`], { type })
          : new URLSearchParams({ csrf, aware: 'on' }),
    })
    return {
      answer,
      browser,
      calls: connector.sandbox.wazzup.connects().filter((call) => call.state === state),
    }
  }

  test.each([
    ['a missing token', '', {}],
    ['a wrong token', 'x'.repeat(43), {}],
    ['a POST from another site', null, { 'sec-fetch-site': 'cross-site' }],
    ['a POST from a sibling site', null, { 'sec-fetch-site': 'same-site' }],
    ['a foreign origin, from a browser that sends nothing else', null, { origin: 'https://evil.example' }],
  ])('%s: 403, and nothing is spent', async (_what, token, headers) => {
    const { answer, browser, calls } = await post(token, headers)
    expect(answer.status).toBe(403)
    expectSecured(answer.headers)
    expect(calls).toEqual([])
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
  })

  test('a token of another attempt: 403', async () => {
    const { browser: other } = await walkToConfirm(connector)
    const foreign = other.page.form('/confirm')?.fields['csrf'] ?? ''
    const { answer, calls } = await post(foreign)
    expect(foreign).not.toBe('')
    expect(answer.status).toBe(403)
    expect(calls).toEqual([])
  })

  test('another type: 415', async () => {
    const { answer, calls } = await post(null, {}, 'text/plain')
    expect(answer.status).toBe(415)
    expectSecured(answer.headers)
    expect(calls).toEqual([])
  })

  test('too large a body: 413', async () => {
    const { answer, calls } = await post('x'.repeat(20_000))
    expect(answer.status).toBe(413)
    expectSecured(answer.headers)
    expect(calls).toEqual([])
  })

  test('a GET never confirms', async () => {
    const { browser, state } = await walkToConfirm(connector)
    const action = browser.page.form('/confirm')?.action ?? ''
    const csrf = browser.page.form('/confirm')?.fields['csrf'] ?? ''
    await browser.get(`${action}?csrf=${csrf}&aware=on`)
    expect(connector.sandbox.wazzup.connects().filter((call) => call.state === state)).toEqual([])
  })
})
