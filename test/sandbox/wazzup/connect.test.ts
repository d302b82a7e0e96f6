import { expect, test } from 'vitest'
import { apiKeyIn, connect, module, send, wazzupAtHand } from './wazzup-at-hand.ts'

test('a good exchange answers with a key of 32 hexadecimal digits and keeps the connection', async () => {
  const wazzup = await wazzupAtHand()
  const state = await wazzup.mintState({ accountId: '87654321' })
  const answer = await connect(wazzup, { state, crmKey: 'K1', name: 'Acme Travel' })
  expect(answer.status).toBe(200)
  expect(apiKeyIn(answer)).toMatch(/^[0-9a-f]{32}$/)
  expect(wazzup.connections()).toMatchObject([
    { accountId: '87654321', crmCode: module.crmCode, crmKey: 'K1', name: 'Acme Travel', keyAlive: true },
  ])
})

test('a trailing slash makes no difference', async () => {
  const wazzup = await wazzupAtHand()
  const state = await wazzup.mintState()
  const body = JSON.stringify({ state, secret: module.secret, crmKey: 'K1', name: 'Acme' })
  const answer = await send(`${wazzup.url}/v3/connect/`, { method: 'POST', body })
  expect(answer.status).toBe(200)
  expect(wazzup.connects()).toHaveLength(1)
})

test.each(['not a token', 'eyJhbGciOiJub25lIn0.e30.', ''])('the state "%s" is refused', async (state) => {
  const wazzup = await wazzupAtHand()
  expect((await connect(wazzup, { state })).status).toBe(400)
})

test('a state minted by another Wazzup is refused', async () => {
  const [wazzup, other] = [await wazzupAtHand(), await wazzupAtHand()]
  expect((await connect(wazzup, { state: await other.mintState() })).status).toBe(400)
})

test('a state of another module is refused, whoever brings it', async () => {
  const wazzup = await wazzupAtHand()
  const state = await wazzup.mintState({ crmCode: 'other-crm' })
  expect((await connect(wazzup, { state })).status).toBe(400)
})

test('a body that is not JSON is refused as an unknown secret and recorded as it came', async () => {
  const wazzup = await wazzupAtHand()
  const answer = await send(`${wazzup.url}/v3/connect`, { method: 'POST', body: '{"state":' })
  expect(answer.status).toBe(401)
  expect(wazzup.connects()[0]?.bytes).toBe('{"state":')
})

test.each([
  ['a crmKey that fits into no header', { crmKey: 'two words' }],
  ['no crmKey', { crmKey: undefined }],
  ['no name', { name: '' }],
])('%s is refused and leaves the state usable', async (_what, fields) => {
  const wazzup = await wazzupAtHand()
  const state = await wazzup.mintState()
  expect((await connect(wazzup, { ...fields, state })).status).toBe(400)
  expect((await connect(wazzup, { state })).status).toBe(200)
})

test('a state says who clicked where, for ten minutes, and two clicks never give the same one', async () => {
  const wazzup = await wazzupAtHand({ now: () => new Date('2026-01-02T03:04:05Z') })
  const [first, second] = [await wazzup.mintState(), await wazzup.mintState()]
  const [header, payload] = first.split('.', 2).map((part) => Buffer.from(part, 'base64url').toString())
  expect(JSON.parse(header ?? '')).toEqual({ alg: 'HS256', typ: 'JWT' })
  expect(payload).toMatch(/^\{"userId":"\d+","accountId":"\d{8}","crmCode":"acme-crm",/)
  const { iat, exp } = JSON.parse(payload ?? '') as { iat: number; exp: number }
  expect(exp - iat).toBe(600)
  expect(second).not.toBe(first)
})
