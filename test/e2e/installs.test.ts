import { expect, test } from 'vitest'
import { createBrowser } from '../../src/sandbox/browser/create-browser.ts'
import { connectorFor, pressConfirm, resultOf, walkToConfirm } from '../support/connector.ts'
import { ask, TOKEN } from '../support/internal-at-hand.ts'
import { visit } from '../support/visit.ts'

const connector = connectorFor('all', { env: { INTERNAL_TOKEN: TOKEN } })

const REASON = 'the CRM is moved, as only we know'

const put = (body: object, operator = 'Olga') =>
  ask({ url: connector.internalUrl }, '/v1/installs', {
    method: 'PUT',
    headers: { 'content-type': 'application/json', 'x-operator': operator },
    body: JSON.stringify(body),
  })

const address = async () =>
  `${connector.url}/wauth?state=${encodeURIComponent(await connector.sandbox.wazzup.mintState())}`

test('a pause turns new attempts away until it is over, and what is under way goes on', async () => {
  const { browser: early, state } = await walkToConfirm(connector)
  const question = early.page.title
  expect(await put({ paused: true, reason: REASON })).toMatchObject({ status: 200, body: { paused: true } })

  const [late, link] = [createBrowser(), await address()]
  await late.get(link)
  expect(late.page).toMatchObject({ status: 503, title: expect.stringContaining('paused') as string })
  expect(late.page.headers['retry-after']).toBe('600')
  expect(late.page.text).toContain('in about 10 minutes')
  expect(late.page.text).not.toContain(REASON)
  expect(await late.jar.getCookies(connector.url)).toEqual([])

  await early.get(`${connector.url}/wauth?state=${encodeURIComponent(state)}`)
  expect(early.page.title).toBe(question)
  await pressConfirm(early)
  await expect.poll(() => resultOf(early), { timeout: 60_000 }).toMatchObject({ status: 'connected' })

  await put({ paused: false })
  await late.get(link)
  expect(late.page.forms.some(({ choices }) => 'user' in choices)).toBe(true)
})

test('a pause is told to programs, monitors and supporters, and never why', async () => {
  const { status, body } = await put({ paused: true, reason: `${REASON}\u0007\n` })
  expect([status, body]).toMatchObject([200, { reason: REASON, changedBy: 'Olga' }])
  expect((await ask({ url: connector.internalUrl }, '/v1/installs')).body).toEqual(body)

  const refused = await visit(await address(), { accept: 'application/json' })
  const told = (await refused.json()) as { supportId: string }
  expect(refused.status).toBe(503)
  expect(told).toMatchObject({ status: 'failed', reason: 'installs_paused' })
  const support = await ask({ url: connector.internalUrl }, `/v1/support/${told.supportId}`)
  expect(support.body).toMatchObject({ status: 'refused', reason: 'installs_paused' })

  const from = (path: string) => fetch(connector.internalUrl + path)
  const metrics = async () => (await from('/metrics')).text()
  await expect.poll(metrics, { timeout: 30_000 }).toContain('wauth_installs_paused 1')
  expect(await metrics()).toContain('reason="installs_paused"')
  const ready = await from('/readyz')
  const readiness = await ready.text()
  expect([ready.status, JSON.parse(readiness)]).toMatchObject([
    200,
    { parts: { installs: { paused: true } } },
  ])
  for (const text of [await metrics(), readiness, connector.log.text()]) expect(text).not.toContain(REASON)

  await put({ paused: false }, 'Ivan')
  await expect.poll(metrics, { timeout: 30_000 }).toContain('wauth_installs_paused 0')
  expect(connector.log.events('installs.resumed').length).toBeGreaterThan(0)
  const audit = await connector.store.audit.of('', 2)
  expect(audit.map(({ action, userName }) => [action, userName])).toEqual([
    ['installs.resumed', 'Ivan'],
    ['installs.paused', 'Olga'],
  ])
})

test('what is no new attempt is answered as ever, paused or not', async () => {
  await put({ paused: true, reason: REASON })
  const link = await address()
  const answers = [
    await visit(`${connector.url}/wauth`),
    await visit(link, { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }),
    await visit(`${connector.url}/wauth/attempts/unknown`),
  ]
  expect(answers.map(({ status }) => status)).toEqual([400, 403, 404])
  await put({ paused: false })
})

test.each([
  ['no reason', { paused: true }],
  ['a reason that shows nothing', { paused: true, reason: ' \u200b\n' }],
  ['a reason that is a book', { paused: true, reason: 'x'.repeat(501) }],
  ['no word whether', { reason: REASON }],
])('a change with %s is refused, and changes nothing', async (_what, body) => {
  const refused = await put(body)
  expect(refused).toMatchObject({ status: 400, body: { code: 'bad_request' } })
  expect(refused.text).not.toContain(REASON)
  expect((await ask({ url: connector.internalUrl }, '/v1/installs')).body).toMatchObject({ paused: false })
})
