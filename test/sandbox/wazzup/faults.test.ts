import { describe, expect, test } from 'vitest'
import { request } from 'undici'
import { fault } from '../../../src/sandbox/wazzup/fault.ts'
import { startWazzup } from '../../../src/sandbox/wazzup/start-wazzup.ts'
import { apiKeyIn, connect, module, send, wazzupAtHand } from './wazzup-at-hand.ts'

test('faults are met one per request, in order, and then everything is normal again', async () => {
  const wazzup = await wazzupAtHand()
  wazzup.faults.push(fault.unavailable(502), fault.rateLimited(), fault.unavailable())
  const state = await wazzup.mintState()
  const statuses = []
  for (let i = 0; i < 4; i++) statuses.push((await connect(wazzup, { state })).status)
  expect(statuses).toEqual([502, 429, 503, 200])
})

test('a fault of the exchange may be scripted by its route, and one of a route that is not there is refused', async () => {
  const wazzup = await wazzupAtHand()
  wazzup.faultsOn('POST', '/v3/connect').push(fault.unavailable(502))
  expect((await connect(wazzup)).status).toBe(502)
  expect((await connect(wazzup)).status).toBe(200)
  expect(() => wazzup.faultsOn('POST', '/v3/contact')).toThrow('POST /v3/contacts')
  expect(() => wazzup.faultsOn('PUT', '/v3/contacts')).toThrow('PUT /v3/contacts')
})

test('the record says which fault a request met', async () => {
  const wazzup = await wazzupAtHand()
  wazzup.faults.push(fault.unavailable(), fault.drop('reset'))
  await connect(wazzup)
  await connect(wazzup).catch(() => null)
  await connect(wazzup)
  await expect
    .poll(() => wazzup.connects().map(({ answer }) => answer))
    .toEqual([
      { status: 503, fault: 'refuse 503' },
      { status: null, fault: 'drop reset' },
      { status: 200, fault: null },
    ])
})

describe('before anything is processed', () => {
  test.each([
    ['text', 'upstream is gone', 'upstream is gone'],
    ['an object', { error: { code: 'NO' } }, '{"error":{"code":"NO"}}'],
    ['nothing', undefined, ''],
  ])('a refusal with %s as its body', async (_what, body, text) => {
    const wazzup = await wazzupAtHand()
    wazzup.faults.push(fault.refuse(418, { headers: { 'x-why': 'test' }, body }))
    const answer = await connect(wazzup)
    expect(answer).toMatchObject({ status: 418, text })
    expect(answer.headers['x-why']).toBe('test')
    expect(wazzup.connections()).toEqual([])
  })

  test('429 without, with seconds and with a date in Retry-After', async () => {
    const wazzup = await wazzupAtHand()
    const date = new Date('2026-01-02T03:04:05Z')
    wazzup.faults.push(fault.rateLimited(), fault.rateLimited(3), fault.rateLimited(date))
    const waits = []
    for (let i = 0; i < 3; i++) waits.push((await connect(wazzup)).headers['retry-after'])
    expect(waits).toEqual([undefined, '3', 'Fri, 02 Jan 2026 03:04:05 GMT'])
  })

  test('a redirect, whose second hop is recorded if anybody goes there', async () => {
    const wazzup = await wazzupAtHand()
    wazzup.faults.push(fault.redirect())
    const answer = await connect(wazzup)
    expect(answer).toMatchObject({ status: 307, headers: { location: '/v3/connect-elsewhere' } })
    await send(`${wazzup.url}/v3/connect-elsewhere`, { method: 'POST', body: '{}' })
    expect(wazzup.requests.at(-1)).toMatchObject({
      method: 'POST',
      path: '/v3/connect-elsewhere',
      body: '{}',
    })
    expect(wazzup.connects()).toHaveLength(1)
  })

  test('a dropped request leaves the state unused', async () => {
    const wazzup = await wazzupAtHand()
    const state = await wazzup.mintState()
    wazzup.faults.push(fault.drop('reset'))
    await expect(connect(wazzup, { state })).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect((await connect(wazzup, { state })).status).toBe(200)
  })
})

describe('after the key was stored', () => {
  test('the answer is lost in a reset', async () => {
    const wazzup = await wazzupAtHand()
    wazzup.faults.push(fault.processThen('reset'))
    await expect(connect(wazzup)).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(wazzup.connections()).toHaveLength(1)
  })

  test('the answer is 500 and the state is used up', async () => {
    const wazzup = await wazzupAtHand()
    const state = await wazzup.mintState()
    wazzup.faults.push(fault.processThen('server-error'))
    expect(await connect(wazzup, { state })).toMatchObject({ status: 500, text: '' })
    expect((await connect(wazzup, { state })).status).toBe(400)
    expect(wazzup.connections()).toHaveLength(1)
  })

  test('the answer never comes', async () => {
    const wazzup = await wazzupAtHand()
    wazzup.faults.push(fault.processThen('hang'))
    const url = `${wazzup.url}/v3/connect`
    const body = JSON.stringify({
      state: await wazzup.mintState(),
      secret: module.secret,
      crmKey: 'K',
      name: 'N',
    })
    const call = request(url, { method: 'POST', body, headersTimeout: 100 })
    await expect(call).rejects.toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' })
    expect(wazzup.connections()).toHaveLength(1)
  })

  test('the answer comes byte by byte and is whole in the end', async () => {
    const wazzup = await wazzupAtHand()
    wazzup.faults.push(fault.trickle(1))
    const url = `${wazzup.url}/v3/connect`
    const body = JSON.stringify({
      state: await wazzup.mintState(),
      secret: module.secret,
      crmKey: 'K',
      name: 'N',
    })
    const answer = await request(url, { method: 'POST', body })
    const pieces: string[] = []
    for await (const piece of answer.body) pieces.push(String(piece))
    expect(pieces.length).toBeGreaterThan(5)
    expect(JSON.parse(pieces.join(''))).toEqual({ data: wazzup.connections()[0]?.apiKey })
  })

  test('the body is cut short', async () => {
    const wazzup = await wazzupAtHand()
    wazzup.faults.push(fault.processThen('cut'))
    await expect(connect(wazzup)).rejects.toMatchObject({ code: 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' })
    expect(wazzup.connections()).toHaveLength(1)
  })

  test('the body is larger than a mebibyte', async () => {
    const wazzup = await wazzupAtHand()
    wazzup.faults.push(fault.processThen('huge'))
    const { status, text } = await connect(wazzup)
    expect(status).toBe(200)
    expect(text.length).toBeGreaterThan(1024 * 1024)
  })

  test('the body is not JSON', async () => {
    const wazzup = await wazzupAtHand()
    wazzup.faults.push(fault.processThen('malformed'))
    const answer = await connect(wazzup)
    expect(answer.status).toBe(200)
    expect(answer.json).toThrow(SyntaxError)
  })

  test('anything else is answered', async () => {
    const wazzup = await wazzupAtHand()
    wazzup.faults.push(fault.processThenReply(204))
    expect((await connect(wazzup)).status).toBe(204)
    expect(wazzup.connections()).toHaveLength(1)
  })

  test('with repeatable states, sending the same again brings the lost key', async () => {
    const wazzup = await wazzupAtHand({ switches: { stateReuse: 'same-key' } })
    const state = await wazzup.mintState()
    wazzup.faults.push(fault.processThen('reset'))
    await connect(wazzup, { state }).catch(() => null)
    expect(apiKeyIn(await connect(wazzup, { state }))).toBe(wazzup.connections()[0]?.apiKey)
  })
})

test('closing the simulator ends an answer that hangs', async () => {
  const wazzup = await startWazzup({ module })
  wazzup.faults.push(fault.drop('hang'))
  const arrived = wazzup.nextConnect()
  const hanging = connect(wazzup).catch((error: unknown) => error)
  await arrived
  await wazzup.close()
  expect(await hanging).toBeInstanceOf(Error)
})
