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
    ['a POST from another site, without a token', '', { 'sec-fetch-site': 'cross-site' }],
    ['a POST from another site, with a wrong token', 'x'.repeat(43), { 'sec-fetch-site': 'cross-site' }],
    ['a POST from another site, without the cookie', null, { 'sec-fetch-site': 'cross-site', cookie: '' }],
    [
      'a POST from another site, with a cookie of its own making',
      null,
      { origin: 'null', 'sec-fetch-site': 'cross-site', cookie: `wauth-${'A'.repeat(22)}=x` },
    ],
  ])('%s: 403, and nothing is spent', async (_what, token, headers) => {
    const { answer, browser, calls } = await post(token, headers)
    expect(answer.status).toBe(403)
    expectSecured(answer.headers)
    expect(calls).toEqual([])
    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
  })

  test.each([
    [
      'of a reload after an answer of a proxy, as WebKit sends it',
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
    ],
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['from a sibling site', { 'sec-fetch-site': 'same-site' }],
    ['of a foreign origin, from a browser that sends nothing else', { origin: 'https://evil.example' }],
  ])(
    'a POST %s, with cookie and token: the person is asked again, and nothing is spent',
    async (_what, headers) => {
      const { answer, browser, calls } = await post(null, headers)
      expect(answer.status).toBe(303)
      expect(new URL(answer.headers.get('location') ?? '', connector.url).href).toBe(browser.page.url)
      expect(calls).toEqual([])
      await browser.get(browser.page.url)
      await pressConfirm(browser)
      expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
    },
  )

  test('a cancel that comes in that way cancels nothing', async () => {
    const { browser } = await walkToConfirm(connector)
    const { action = '', fields } = browser.page.form('/cancel') ?? {}
    const answer = await fetch(action, {
      ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) },
      headers: {
        ...{ cookie: await browser.jar.getCookieString(connector.url), origin: 'null' },
        'sec-fetch-site': 'cross-site',
      },
    })
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toMatch(/\/confirm$/)
    expect((await browser.get(browser.page.url)).status).toBe(200)
  })

  test('a press that has connected, and comes once more in that way, leads to its result', async () => {
    const { browser } = await walkToConfirm(connector)
    const { action = '', fields } = browser.page.form('/confirm') ?? {}
    await pressConfirm(browser)
    const result = browser.page.url
    const answer = await fetch(action, {
      ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams({ ...fields, aware: 'on' }) },
      headers: {
        ...{ cookie: await browser.jar.getCookieString(connector.url), origin: 'null' },
        'sec-fetch-site': 'cross-site',
      },
    })
    expect((await browser.get(new URL(answer.headers.get('location') ?? '', connector.url).href)).url).toBe(
      result,
    )
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
