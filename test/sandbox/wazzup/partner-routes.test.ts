import { describe, expect, test } from 'vitest'
import type { WazzupSimulator } from '../../../src/sandbox/wazzup/start-wazzup.ts'
import { apiKeyIn, connect, module, send, wazzupAtHand } from './wazzup-at-hand.ts'

type Method = 'POST' | 'PATCH'

const asPartner = (wazzup: WazzupSimulator, [method, path]: [Method, string], fields: unknown) =>
  send(wazzup.url + path, {
    method,
    headers: { authorization: `Bearer ${wazzup.partnerApiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(fields),
  })

describe('POST /v3/marketplace', () => {
  const route: [Method, string] = ['POST', '/v3/marketplace']
  const fields = { crmCode: 'new-crm', secret: 'a-new-secret', authRedirectUri: 'http://new.test/wauth' }

  test('registers a module that can be connected to', async () => {
    const wazzup = await wazzupAtHand()
    expect(await asPartner(wazzup, route, fields)).toMatchObject({ status: 200, text: '{}' })
    const state = await wazzup.mintState({ crmCode: 'new-crm' })
    expect(apiKeyIn(await connect(wazzup, { state, secret: 'a-new-secret' }))).toMatch(/^[0-9a-f]{32}$/)
  })

  test('changes the secret of a module that is there already', async () => {
    const wazzup = await wazzupAtHand()
    await asPartner(wazzup, route, { ...module, secret: 'rotated' })
    expect((await connect(wazzup)).status).toBe(401)
    expect((await connect(wazzup, { secret: 'rotated' })).status).toBe(200)
  })

  test.each([
    ['a Cyrillic letter in the code', { crmCode: 'aсme' }],
    ['a code of 51 characters', { crmCode: 'c'.repeat(51) }],
    ['no secret', { secret: '' }],
    ['an address that is none', { authRedirectUri: 'acme' }],
    ['a code that another integration has', { crmCode: 'bitrix24' }],
    ['a code that another partner has', { crmCode: 'theirs' }],
  ])('refuses %s', async (_what, wrong) => {
    const wazzup = await wazzupAtHand()
    const theirs = { crmCode: 'theirs', secret: 'their-secret', foreign: true }
    wazzup.registerModule(theirs)
    expect((await asPartner(wazzup, route, { ...fields, ...wrong })).status).toBe(400)
    const state = await wazzup.mintState({ crmCode: 'theirs' })
    expect((await connect(wazzup, { state, secret: theirs.secret })).status).toBe(200)
  })

  test('with the switches: takes a taken code, and answers without a body', async () => {
    const wazzup = await wazzupAtHand({ switches: { takenCrmCode: 'accepted', moduleAnswer: 'no-content' } })
    const answer = await asPartner(wazzup, route, { ...fields, crmCode: 'bitrix24' })
    expect(answer).toMatchObject({ status: 204, text: '' })
  })
})

describe('PATCH /v3/marketplace', () => {
  const route: [Method, string] = ['PATCH', '/v3/marketplace']
  const logo = { name: 'logo.svg', content: Buffer.from('<svg/>').toString('base64') }

  test('gives the module a name and a logo, which the marketplace shows', async () => {
    const wazzup = await wazzupAtHand()
    expect((await asPartner(wazzup, route, { crmName: 'Acme CRM', logo })).status).toBe(200)
    const { text } = await send(wazzup.marketplaceUrl)
    expect(text).toContain('Acme CRM')
    expect(text).toContain(`data:image/svg+xml;base64,${logo.content}`)
  })

  test('is refused once the module is published', async () => {
    const wazzup = await wazzupAtHand()
    wazzup.publishModule(module.crmCode)
    const answer = await asPartner(wazzup, route, { crmName: 'Acme CRM' })
    expect(answer.status).toBe(400)
    expect(answer.json()).toMatchObject({ error: 'MODULE_PUBLISHED' })
  })

  test('refuses a name over 50 characters and a logo that is no svg', async () => {
    const wazzup = await wazzupAtHand()
    expect((await asPartner(wazzup, route, { crmName: 'n'.repeat(51) })).status).toBe(400)
    expect((await asPartner(wazzup, route, { crmName: 'Мой CRM' })).status).toBe(400)
    const broken = { content: `${logo.content.slice(0, 4)}\n${logo.content.slice(4)}` }
    for (const wrong of [{ name: 'logo.png' }, { content: 'bm90IGFuIHN2Zw==' }, broken]) {
      expect((await asPartner(wazzup, route, { logo: { ...logo, ...wrong } })).status).toBe(400)
    }
  })
})

describe('POST /v3/wauth', () => {
  const route: [Method, string] = ['POST', '/v3/wauth']
  const withState = /^http:\/\/crm\.test\/wauth\?state=[\w-]+\.[\w-]+\.[\w-]+$/

  test('redirects as a click on "Connect" does, with a state that is good', async () => {
    const wazzup = await wazzupAtHand()
    const { status, headers } = await asPartner(wazzup, route, { type: module.crmCode })
    expect({ status, location: headers['location'] }).toEqual({
      status: 302,
      location: expect.stringMatching(withState) as string,
    })
    const state = new URL(String(headers['location'])).searchParams.get('state')
    expect((await connect(wazzup, { state })).status).toBe(200)
  })

  test('with the switch: answers 200 with the link', async () => {
    const wazzup = await wazzupAtHand({ switches: { wauthAnswer: 'link' } })
    const answer = await asPartner(wazzup, route, { type: module.crmCode })
    expect(answer.status).toBe(200)
    expect(answer.json()).toEqual({ data: expect.stringMatching(withState) as string })
  })

  test('takes the address of the client when the module has none', async () => {
    const wazzup = await wazzupAtHand({ module: { ...module, authRedirectUri: '' } })
    expect((await asPartner(wazzup, route, { type: module.crmCode })).status).toBe(400)
    const { headers } = await asPartner(wazzup, route, { type: module.crmCode, domain: 'https://a.crm.test' })
    expect(headers['location']).toMatch(/^https:\/\/a\.crm\.test\/\?state=/)
  })

  test('refuses a module that does not exist', async () => {
    const wazzup = await wazzupAtHand()
    expect((await asPartner(wazzup, route, { type: 'nobody' })).status).toBe(400)
  })
})

test.each([
  ['POST', '/v3/marketplace'],
  ['PATCH', '/v3/marketplace'],
  ['POST', '/v3/wauth'],
] as const)('%s %s is the partner’s alone', async (method, path) => {
  const wazzup = await wazzupAtHand()
  const headers = { authorization: 'Bearer somebody-else' }
  expect((await send(wazzup.url + path, { method, headers, body: '{}' })).status).toBe(401)
})
