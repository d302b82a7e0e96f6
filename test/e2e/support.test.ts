import { describe, expect, test } from 'vitest'
import { createBrowser, type Browser } from '../../src/sandbox/browser/create-browser.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { hours, minutes, seconds } from '../../src/shared/clock.ts'
import {
  connectorAtHand,
  connectorFor,
  logInAgain,
  pressConfirm,
  walkToConfirm,
} from '../support/connector.ts'
import { ask, TOKEN } from '../support/internal-at-hand.ts'
import { visit } from '../support/visit.ts'

/** What a supporter does with the page of a customer: looks up the id that it shows. */

const OPTIONS = {
  env: { INTERNAL_TOKEN: TOKEN },
  overrides: { longestIdle: seconds(1), jitter: () => 0 },
}
const connector = connectorFor('all', OPTIONS)

interface Report {
  status: string
  steps: { at: string; step: string; code: string | null }[]
  advice: { about: string; cause: string; toDo: string }[]
}

const idOn = (text: string) => /WA-\w{4}-\w{4}/.exec(text)?.[0] ?? 'no id on the page'

const reportOf = async (id: string, at = connector) => {
  const { status, body, text } = await ask({ url: at.internalUrl }, `/v1/support/${encodeURIComponent(id)}`)
  expect([id, status]).toEqual([id, 200])
  return { ...(body as unknown as Report), text }
}

const reportOn = ({ page }: Browser, at = connector) => reportOf(idOn(page.text), at)

function formOf({ page }: Browser, action: string) {
  const form = page.form(action)
  if (!form) throw new Error(`there is no form for ${action}`)
  return form
}

const stepsOf = ({ steps }: Report) =>
  steps.map(({ step, code }) => (code === null ? step : `${step} ${code}`))

describe('an attempt', () => {
  test('that was connected: its steps in order, its account, exchange and upload, and nothing secret', async () => {
    const { browser, state } = await walkToConfirm(connector)
    await pressConfirm(browser)
    const report = await reportOn(browser)
    expect(report).toMatchObject({
      ...{ status: 'connected', reason: null, loginCode: null, connection: 'connected' },
      ...{ crmAccountId: 'acme', crmAccountName: 'Acme Travel', areStepsLeftOut: false },
      exchange: { status: 'connected', reason: null, tries: 1, generation: 1 },
    })
    const steps = ['opened', 'sent_to_login', 'came_back', 'logged_in', 'confirmed', 'sent', 'connected']
    expect(stepsOf(report)).toEqual(steps)
    const moments = report.steps.map(({ at }) => Date.parse(at))
    expect(moments).toEqual(moments.toSorted((one, other) => one - other))
    const [call] = connector.sandbox.wazzup.connections()
    for (const secret of [state, call?.crmKey, call?.apiKey, 'browserHash', 'sealed']) {
      expect(report.text).not.toContain(secret)
    }
  })

  test('of a user who may not: the reason, the code of the login, and what to do', async () => {
    const { browser } = await walkToConfirm(connector, { user: 'acme-user' })
    const report = await reportOn(browser)
    expect(report).toMatchObject({ status: 'failed', reason: 'not_allowed', loginCode: 'role_not_allowed' })
    expect(stepsOf(report).at(-1)).toBe('not_allowed role_not_allowed')
    expect(report.advice.map(({ about }) => about)).toEqual(['not_allowed', 'role_not_allowed'])
    expect(report.advice[0]?.toDo).toContain('log in as somebody who may')
  })

  test('whose answers were lost tells each try', async () => {
    const { browser } = await walkToConfirm(connector)
    connector.sandbox.wazzup.faults.push(fault.unavailable(), fault.unavailable())
    await pressConfirm(browser)
    const id = idOn(browser.page.text)
    await expect.poll(async () => (await reportOf(id)).status, { timeout: 30_000 }).toBe('connected')
    const report = await reportOf(id)
    expect(report).toMatchObject({ exchange: { status: 'connected', tries: 3 } })
    expect(stepsOf(report).slice(-6)).toEqual([
      ...['sent', expect.stringMatching(/^answer_lost \w+$/) as string, 'sent_again'],
      ...[expect.stringMatching(/^answer_lost \w+$/) as string, 'sent_again', 'connected'],
    ])
  })

  test('that was cancelled, or ran out', async () => {
    const { browser } = await walkToConfirm(connector)
    await browser.submit(formOf(browser, '/cancel'))
    expect(await reportOn(browser)).toMatchObject({ status: 'cancelled', crmAccountId: 'acme' })
    const at = await connectorAtHand(OPTIONS)
    const { browser: late } = await walkToConfirm(at)
    await at.moveTime(minutes(11))
    await late.get(late.page.url)
    const report = await reportOn(late, at)
    expect(report).toMatchObject({ status: 'expired' })
    expect(stepsOf(report).at(-1)).toBe('expired')
  })

  test('that was cancelled at the login has the code of that, and another try ends the advice', async () => {
    const at = await connectorAtHand({ ...OPTIONS, login: 'oidc' })
    const browser = createBrowser()
    await browser.get(`${at.url}/wauth?state=${await at.sandbox.wazzup.mintState()}`)
    await browser.submit(formOf(browser, '/cancel'))
    const id = idOn(browser.page.text)
    expect(await reportOf(id, at)).toMatchObject({ status: 'cancelled', loginCode: 'access_denied' })
    await logInAgain(browser, 'acme-admin')
    expect(await reportOf(id, at)).toMatchObject({
      status: 'pending',
      loginCode: null,
      advice: [{ about: 'pending' }],
    })
  })

  test('whose link another account has used tells nothing of that account', async () => {
    const { browser, state } = await walkToConfirm(connector)
    const { browser: other } = await walkToConfirm(connector, { state, user: 'nordwind-admin' })
    await pressConfirm(browser)
    await pressConfirm(other)
    const report = await reportOn(other)
    expect(report).toMatchObject({ status: 'failed', reason: 'state_used_elsewhere', exchange: null })
    expect(report).toMatchObject({ crmAccountId: 'nordwind' })
    expect(report.text.toLowerCase()).not.toContain('acme')
  })

  test('is told in full for a day after its time, and by its exchange for good', async () => {
    const at = await connectorAtHand(OPTIONS)
    const { browser } = await walkToConfirm(at)
    await pressConfirm(browser)
    const id = idOn(browser.page.text)
    await at.moveTime(hours(24))
    expect(stepsOf(await reportOf(id, at))).toContain('logged_in')
    await at.moveTime(hours(2))
    const steps = async () => stepsOf(await reportOf(id, at))
    await expect.poll(steps, { timeout: 20_000 }).toEqual(['sent', 'connected'])
    expect(await reportOf(id, at)).toMatchObject({
      ...{ status: 'connected', crmAccountId: 'acme', areStepsLeftOut: true },
    })
  })

  test('that somebody loads again and again does not grow without end', async () => {
    const { browser } = await walkToConfirm(connector)
    const confirm = formOf(browser, '/confirm')
    for (let i = 0; i < 150; i++) await browser.submit(confirm, { csrf: 'forged', aware: 'on' })
    const report = await reportOn(browser)
    expect(report.steps.length).toBeLessThan(120)
    expect(report).toMatchObject({
      areStepsLeftOut: true,
      advice: [{ about: 'pending' }, { about: 'forbidden' }],
    })
  })
})

describe('a page that is about no attempt', () => {
  const pages: [string, string, RequestInit?][] = [
    ['bad_state', '/wauth'],
    [
      'other_module',
      `/wauth?state=${['e30', btoa('{"crmCode":"other"}').replaceAll('=', ''), 'x'].join('.')}`,
    ],
    ['unknown_attempt', `/wauth/attempts/${'A'.repeat(22)}`],
    ['unknown_attempt', `/wauth/attempts/${'A'.repeat(22)}/result`],
    ['bad_request', '/wauth/callback'],
    ['not_found', '/nothing'],
    ['method_not_allowed', '/wauth', { method: 'DELETE' }],
    [
      'forbidden',
      `/wauth/attempts/${'A'.repeat(22)}/confirm`,
      { method: 'POST', headers: { origin: 'https://else.example' } },
    ],
    [
      'unsupported_type',
      '/wauth/callback',
      { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' },
    ],
    [
      'body_too_large',
      '/wauth/callback',
      { method: 'POST', body: new URLSearchParams({ x: 'x'.repeat(20_000) }) },
    ],
  ]

  test.each(pages)('%s: %s', async (problem, path, init) => {
    const page = init
      ? await fetch(connector.url + path, { redirect: 'manual', ...init })
      : await visit(connector.url + path)
    const report = await reportOf(idOn(await page.text()))
    expect(report).toMatchObject({ status: 'refused', reason: problem, steps: [{ code: problem }] })
    expect(report.advice[0]?.about).toBe(problem)
  })

  test('too many requests, in JSON as well as on a page', async () => {
    const at = await connectorAtHand({ env: { INTERNAL_TOKEN: TOKEN, ATTEMPTS_PER_ADDRESS: '1' } })
    const arrive = () => visit(`${at.url}/wauth?state=opaque`, { accept: 'application/json' })
    await arrive()
    const { supportId } = (await (await arrive()).json()) as { supportId: string }
    expect(await reportOf(supportId, at)).toMatchObject({ status: 'refused', reason: 'too_many_requests' })
    expect(at.log.events('http.refused').at(-1)).toMatchObject({ supportId, problem: 'too_many_requests' })
  })
})

test('an id that nobody has been shown is unknown, by a code of its own', async () => {
  for (const id of ['WA-0000-0000', 'nothing']) {
    const { status, body } = await ask({ url: connector.internalUrl }, `/v1/support/${id}`)
    expect([status, body?.['code']]).toEqual([404, 'unknown_support_id'])
  }
})
