import { describe, expect, test } from 'vitest'
import type { Browser } from '../../../src/sandbox/browser/create-browser.ts'
import { fault } from '../../../src/sandbox/wazzup/fault.ts'
import { seconds } from '../../../src/shared/clock.ts'
import { connectorFor, pressConfirm, resultOf, walkToConfirm } from '../../support/connector.ts'

const connector = connectorFor('all')

const callsOf = (state: string) => connector.sandbox.wazzup.connects().filter((call) => call.state === state)

/** Sends the confirm form with these fields beside its token, as no person could; resolves to where the answer leads. */
async function post(browser: Browser, more: [string, string][], csrf?: string) {
  const form = browser.page.form('/confirm')
  if (!form) throw new Error('expected the confirm page')
  return fetch(form.action, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: await browser.jar.getCookieString(connector.url) },
    body: new URLSearchParams([['csrf', csrf ?? form.fields['csrf'] ?? ''], ...more]),
  })
}

describe('a confirmation that does not say that the person was looking', () => {
  test.each<[string, [string, string][]]>([
    ['says nothing of it', []],
    ['says it empty', [['aware', '']]],
    ['says something else', [['aware', 'true']]],
    ['says two things', [['aware', 'on'], ['aware', 'off']]], // prettier-ignore
  ])('%s: the page comes back with a sentence about it, and nothing is spent', async (_what, fields) => {
    const { browser, state } = await walkToConfirm(connector)
    const answer = await post(browser, fields)
    expect(answer.status).toBe(303)
    const page = await browser.get(new URL(answer.headers.get('location') ?? '', connector.url).href)
    expect(new URL(page.url).pathname).toMatch(/\/confirm$/)
    expect(page.text).toContain('nothing was sent')
    expect(callsOf(state)).toEqual([])
    expect(connector.log.events('connect.confirm').at(-1)).toMatchObject({ step: 'checkAware', aware: false })

    await pressConfirm(browser)
    expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
    expect(callsOf(state)).toHaveLength(1)
  })

  test('and whose token is wrong is refused for that', async () => {
    const { browser } = await walkToConfirm(connector)
    expect((await post(browser, [], 'x'.repeat(43))).status).toBe(403)
  })

  test('is shown the outcome where it is decided already', async () => {
    const { browser } = await walkToConfirm(connector)
    const page = browser.page
    await pressConfirm(browser)
    const form = page.form('/confirm')
    const answer = await fetch(form?.action ?? '', {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: await browser.jar.getCookieString(connector.url) },
      body: new URLSearchParams(form?.fields),
    })
    expect(answer.headers.get('location')).toMatch(/\/result$/)
  })
})

test('the page that nobody has pressed yet says nothing of it', async () => {
  const { browser } = await walkToConfirm(connector)
  expect(browser.page.text).not.toContain('nothing was sent')
})

test('cancelling asks for nothing of the kind', async () => {
  const { browser } = await walkToConfirm(connector)
  const cancel = browser.page.form('/cancel')
  if (!cancel) throw new Error('expected a way out')
  await browser.submit(cancel)
  expect(await resultOf(browser)).toMatchObject({ status: 'cancelled' })
})

test('«Try again» sends once more what the person has agreed to, and does not ask again', async () => {
  const { browser, state } = await walkToConfirm(connector)
  connector.sandbox.wazzup.faults.push(fault.rateLimited(91))
  await pressConfirm(browser)
  await connector.moveTime(seconds(91))
  const again = browser.page.form('/confirm')
  expect(again?.choices).toEqual({})
  if (!again) throw new Error('expected «Try again»')
  await browser.submit(again)
  expect(await resultOf(browser)).toMatchObject({ status: 'connected' })
  expect(callsOf(state)).toHaveLength(2)
})
