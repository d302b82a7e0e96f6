import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import nock from 'nock'
import { afterAll, describe, expect, test } from 'vitest'
import { createWazzupClient } from '../../src/wazzup/client.ts'
import { createConnect } from '../../src/wazzup/connect.ts'
import { withNock } from '../support/with-nock.ts'

const WAZZUP = 'https://api.wazzup24.com'
const NOW = new Date('2026-11-23T12:00:00Z')
const body = { state: 'the-state', secret: 'the-module-secret', crmKey: 'the-crm-key', name: 'Acme' }
const request = { about: 'acme', ...body }
const client = createWazzupClient({ apiUrl: new URL(WAZZUP), deadline: 2000, maxAnswer: 1024 })
const connect = createConnect(client, () => NOW)

withNock()
afterAll(() => client.close())

/** Wazzup answers once with this. */
const answers = (status: number, body?: string | object, headers?: Record<string, string>) =>
  nock(WAZZUP).post('/v3/connect').reply(status, body, headers)

describe('what is sent', () => {
  test('the four fields as JSON, no trailing slash, no authorization', async () => {
    nock(WAZZUP, { badheaders: ['authorization'] })
      .post('/v3/connect', body)
      .matchHeader('content-type', 'application/json')
      .reply(200, { data: '00112233445566778899aabbccddeeff' })
    expect(await connect(request)).toMatchObject({ kind: 'accepted' })
  })

  test('nothing reaches the network that a test has not allowed', async () => {
    expect(await connect(request)).toMatchObject({
      kind: expect.stringMatching(/unknown|not_processed/) as string,
    })
  })
})

describe('an apiKey', () => {
  test('is taken as it is', async () => {
    answers(200, { data: '00112233445566778899aabbccddeeff' })
    expect(await connect(request)).toEqual({ kind: 'accepted', apiKey: '00112233445566778899aabbccddeeff' })
  })

  test.each([
    ['missing', {}],
    ['null', { data: null }],
    ['a number', { data: 12345678 }],
    ['an object', { data: { apiKey: '00112233445566778899aabbccddeeff' } }],
    ['empty', { data: '' }],
    ['with a line break: it would become a header', { data: 'key\r\nx-injected: 1' }],
    ['not ASCII', { data: 'кириллица-кириллица' }],
    ['over-long', { data: 'a'.repeat(513) }],
    ['no JSON', '<html>welcome</html>'],
    ['an empty body', ''],
  ])('%s: a bad answer', async (_what, body) => {
    answers(200, body)
    expect(await connect(request)).toEqual({ kind: 'bad_answer', status: 200, code: 'answer_malformed' })
  })

  test('an answer over the limit is not read to its end', async () => {
    answers(200, { data: 'a'.repeat(2000) })
    expect(await connect(request)).toMatchObject({ kind: 'bad_answer', code: 'answer_too_large' })
  })
})

describe('however it comes', () => {
  const whole = JSON.stringify({ data: '00112233445566778899aabbccddeeff', note: 'ключ' })
  test.each([
    ['packed, though nobody asked', gzipSync(whole), { 'content-encoding': 'gzip' }],
    ['with a byte order mark', Buffer.from(`\uFEFF${whole}`), {}],
    ['in UTF-16', Buffer.from(`\uFEFF${whole}`, 'utf16le'), {}],
    [
      'in a character set that nobody knows',
      Buffer.from(whole),
      { 'content-type': 'application/json; charset=x' },
    ],
    ['with a byte that is no text', Buffer.from(whole.replace('ключ', '\xe9'), 'latin1'), {}],
    ['beside an error', Buffer.from(whole.replace('"note"', '"error":"ODD","note"')), {}],
  ])('an apiKey is taken: %s', async (_, body, headers) => {
    nock(WAZZUP).post('/v3/connect').matchHeader('accept-encoding', 'identity').reply(200, body, headers)
    expect(await connect(request)).toEqual({ kind: 'accepted', apiKey: '00112233445566778899aabbccddeeff' })
  })
})

test.each([
  [{ error: 'INVALID_STATE' }, 'state_refused', 400, 'INVALID_STATE'],
  [{ status: 400, error: 'stateExpired' }, 'state_refused', 400, 'STATE_EXPIRED'],
  [{ status: 401, data: null }, 'secret_refused', 401, null],
  [{ ok: false }, 'state_refused', 400, null],
])('an error in a 200 is a refusal: %o', async (body, reason, status, code) => {
  answers(200, body)
  expect(await connect(request)).toEqual({ kind: 'refused', reason, status, code })
})

test('a breakdown that is told in a 200 leaves the outcome open', async () => {
  answers(200, { status: 500, error: 'INTERNAL' })
  expect(await connect(request)).toMatchObject({ kind: 'unknown', status: 500 })
})

describe('a refusal', () => {
  test.each([
    [400, { error: 'INVALID_STATE', description: 'x', data: {} }, 'state_refused', 'INVALID_STATE'],
    [400, { status: 400, requestId: 'r', error: 'stateExpired' }, 'state_refused', 'STATE_EXPIRED'],
    [400, { error: { code: 'NO_SUCH_ACCOUNT' } }, 'state_refused', 'NO_SUCH_ACCOUNT'],
    [400, { error: 'WRONG_SECRET' }, 'secret_refused', 'WRONG_SECRET'],
    [404, '', 'state_refused', null],
    [409, '<html>', 'state_refused', null],
    [422, { error: ['x'] }, 'state_refused', null],
    [401, { error: 'UNAUTHORIZED' }, 'secret_refused', 'UNAUTHORIZED'],
    [403, '', 'secret_refused', null],
    [400, { error: 'the-state leaked with blanks' }, 'state_refused', 'UNREADABLE'],
  ])('%i %o', async (status, body, reason, code) => {
    answers(status, body)
    expect(await connect(request)).toEqual({ kind: 'refused', reason, status, code })
  })
})

describe('an answer that leaves the outcome open', () => {
  test.each([500, 502, 503, 504, 408])('%i: only the same bytes may be sent again', async (status) => {
    answers(status, '')
    expect(await connect(request)).toMatchObject({ kind: 'unknown', status })
  })

  test.each([
    ['seconds', '7', 7000],
    ['a date', 'Mon, 23 Nov 2026 12:00:30 GMT', 30_000],
    ['the past', 'Mon, 23 Nov 2026 11:00:00 GMT', 0],
    ['a day', '86400', 3_600_000],
    ['nonsense', 'soon', null],
  ])('429 with Retry-After in %s', async (_what, header, retryAfter) => {
    answers(429, '', { 'retry-after': header })
    expect(await connect(request)).toMatchObject({ kind: 'not_processed', status: 429, retryAfter })
  })

  test('429 without Retry-After', async () => {
    answers(429)
    expect(await connect(request)).toMatchObject({ kind: 'not_processed', retryAfter: null })
  })

  test('a redirect is not followed: it would carry the secret elsewhere', async () => {
    answers(307, '', { location: `${WAZZUP}/v3/elsewhere` })
    const elsewhere = nock(WAZZUP).post('/v3/elsewhere').reply(200, { data: '00112233445566778899' })
    expect(await connect(request)).toMatchObject({ kind: 'bad_answer', status: 307 })
    expect(elsewhere.isDone()).toBe(false)
  })
})

test('no answer, whatever it holds, throws or repeats what was sent', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(200, 201, 204, 302, 400, 401, 429, 500),
      fc.oneof(
        fc.json(),
        fc.string(),
        fc.constant(JSON.stringify({ error: request.secret, data: request.state })),
      ),
      async (status, body) => {
        answers(status, status === 204 ? '' : body)
        const answer = await connect(request)
        const said = JSON.stringify({ ...answer, apiKey: undefined }).toLowerCase()
        for (const value of [request.state, request.secret, request.crmKey]) expect(said).not.toContain(value)
      },
    ),
    { numRuns: 60 },
  )
})
