import nock from 'nock'
import { afterAll, describe, expect, test } from 'vitest'
import { createAuthorizedCall } from '../../src/wazzup/authorized-call.ts'
import { createWazzupClient } from '../../src/wazzup/client.ts'
import { withNock } from '../support/with-nock.ts'

const WAZZUP = 'https://wazzup.example'
const NOW = new Date('2026-11-23T12:00:00Z')
const client = createWazzupClient({ apiUrl: new URL(WAZZUP), deadline: 2000, maxAnswer: 1000 })
const call = createAuthorizedCall(client, () => NOW)
withNock()
afterAll(() => client.close())

const ask = () => call({ method: 'GET', path: '/v3/channels', apiKey: 'the-api-key' })
const answering = (status: number, body: nock.Body = '', headers = {}) =>
  nock(WAZZUP).get('/v3/channels').reply(status, body, headers)

test('the key travels as bearer, and only when there is one', async () => {
  nock(WAZZUP, { reqheaders: { authorization: 'Bearer the-api-key' } })
    .get('/v3/channels')
    .reply(200, [])
  expect(await ask()).toEqual({ kind: 'done', status: 200, body: [] })
  nock(WAZZUP, { badheaders: ['authorization', 'content-type'] })
    .get('/v3/channels')
    .reply(200)
  expect((await client.send({ method: 'GET', path: '/v3/channels' })).kind).toBe('answer')
})

describe('an answer is sorted by what has to be done next', () => {
  test.each([
    [200, '', { kind: 'done', body: undefined }],
    [204, '', { kind: 'done' }],
    [200, { ok: true, error: null, status: 200 }, { kind: 'done' }],
    [200, { error: 'ODD', data: 7 }, { kind: 'refused', status: 400, code: 'ODD', data: 7 }],
    [200, { error: { code: 'odd' } }, { kind: 'refused', status: 400, code: 'ODD' }],
    [201, { status: 422, error: 'ODD' }, { kind: 'refused', status: 422, code: 'ODD' }],
    [200, { ok: false }, { kind: 'refused', status: 400, code: null }],
    [200, { success: false, message: 'no' }, { kind: 'refused', status: 400, code: null }],
    [200, { errors: [{ code: 'ODD' }] }, { kind: 'refused', status: 400 }],
    [200, { error: {} }, { kind: 'refused', status: 400 }],
    [200, { status: 'error' }, { kind: 'refused', status: 400 }],
    [200, { status: '422' }, { kind: 'refused', status: 422 }],
    [200, { statusCode: 400, message: ['no'] }, { kind: 'refused', status: 400 }],
    [200, { success: true, status: 'ok', errors: [], error: [] }, { kind: 'done' }],
    [200, { status: 429 }, { kind: 'rate_limited', status: 429 }],
    [200, { status: 503 }, { kind: 'unavailable', status: 503, maybeDone: true }],
    [401, '', { kind: 'key_refused', code: null }],
    [401, { error: { code: 'badKey' } }, { kind: 'key_refused', code: 'BAD_KEY' }],
    [403, { error: 'FORBIDDEN' }, { kind: 'forbidden', code: 'FORBIDDEN' }],
    [400, { error: 'uriNotValid', data: 404 }, { kind: 'refused', code: 'URI_NOT_VALID', data: 404 }],
    [404, '<html>', { kind: 'refused', code: null, data: undefined }],
    [408, '', { kind: 'unavailable', maybeDone: true }],
    [500, '', { kind: 'unavailable', code: 'server_error', maybeDone: true }],
    [302, '', { kind: 'unavailable', code: 'unexpected_status', maybeDone: false }],
    [200, ['x'.repeat(2000)], { kind: 'unavailable', code: 'answer_too_large', maybeDone: true }],
  ])('%i %j', async (status, body, expected) => {
    answering(status, body)
    expect(await ask()).toMatchObject({ status, ...expected })
  })

  test.each([
    ['3', 3000],
    [undefined, null],
    ['soon', null],
    ['-1', null],
    ['1.5', 1500],
    ['99999999', null],
    ['Mon, 23 Nov 2026 12:00:09 GMT', 9000],
  ])('429 with Retry-After %s', async (header, retryAfter) => {
    answering(429, '', header === undefined ? {} : { 'retry-after': header })
    expect(await ask()).toEqual({ kind: 'rate_limited', status: 429, retryAfter })
  })

  test('an unreachable Wazzup has done nothing', async () => {
    nock(WAZZUP)
      .get('/v3/channels')
      .replyWithError(Object.assign(new Error(), { code: 'ECONNREFUSED' }))
    expect(await ask()).toEqual({
      ...{ kind: 'unavailable', status: null, code: 'ECONNREFUSED', maybeDone: false },
    })
  })
})
