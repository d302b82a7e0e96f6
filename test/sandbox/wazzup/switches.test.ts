import { describe, expect, test } from 'vitest'
import { apiKeyIn, connect, module, send, wazzupAtHand } from './wazzup-at-hand.ts'

const elevenMinutes = 11 * 60_000

describe('stateLife', () => {
  test.each([
    ['ten-minutes', 400],
    ['forever', 200],
  ] as const)('%s: eleven minutes later the answer is %i', async (stateLife, status) => {
    let time = Date.now()
    const wazzup = await wazzupAtHand({ switches: { stateLife }, now: () => new Date(time) })
    const state = await wazzup.mintState()
    time += elevenMinutes
    expect((await connect(wazzup, { state })).status).toBe(status)
  })
})

describe('stateReuse', () => {
  test('refused: the second exchange fails and the first key lives on', async () => {
    const wazzup = await wazzupAtHand()
    const state = await wazzup.mintState()
    expect((await connect(wazzup, { state })).status).toBe(200)
    expect((await connect(wazzup, { state })).status).toBe(400)
    expect(wazzup.connections()).toMatchObject([{ keyAlive: true }])
  })

  test('same-key: the second exchange gives the first key again', async () => {
    const wazzup = await wazzupAtHand({ switches: { stateReuse: 'same-key' } })
    const state = await wazzup.mintState()
    const first = apiKeyIn(await connect(wazzup, { state }))
    expect(apiKeyIn(await connect(wazzup, { state, crmKey: 'crm-key-2' }))).toBe(first)
    expect(wazzup.connections()).toMatchObject([{ crmKey: 'crm-key-2' }])
  })

  test('new-key: the second exchange gives another key', async () => {
    const wazzup = await wazzupAtHand({ switches: { stateReuse: 'new-key' } })
    const state = await wazzup.mintState()
    const first = apiKeyIn(await connect(wazzup, { state }))
    expect(apiKeyIn(await connect(wazzup, { state }))).not.toBe(first)
  })
})

describe('reconnect', () => {
  test.each([
    ['old-key-dies', 401],
    ['old-key-stays', 200],
  ] as const)('%s: a call with the earlier key is answered %i', async (reconnect, status) => {
    const wazzup = await wazzupAtHand({ switches: { reconnect } })
    const earlier = apiKeyIn(await connect(wazzup))
    const later = apiKeyIn(await connect(wazzup))
    const read = (key: string) =>
      send(`${wazzup.url}/v3/channels`, { headers: { authorization: `Bearer ${key}` } })
    expect((await read(earlier)).status).toBe(status)
    expect((await read(later)).status).toBe(200)
  })

  test('another account does not touch the first one', async () => {
    const wazzup = await wazzupAtHand()
    await connect(wazzup)
    await connect(wazzup, { state: await wazzup.mintState({ accountId: '11111111' }) })
    expect(wazzup.connections()).toMatchObject([{ keyAlive: true }, { keyAlive: true }])
  })
})

describe('wrongSecret', () => {
  test.each([
    ['unauthorized', 401, /^\{"error":"UNAUTHORIZED"/],
    ['bad-request', 400, /^\{"error":/],
    ['forbidden', 403, /^\{"error":"FORBIDDEN"/],
    ['empty', 401, /^$/],
    ['html', 401, /^<html>/],
  ] as const)('%s', async (wrongSecret, status, body) => {
    const wazzup = await wazzupAtHand({ switches: { wrongSecret } })
    const state = await wazzup.mintState()
    const answer = await connect(wazzup, { state, secret: 'guessed' })
    expect(answer).toMatchObject({ status, text: expect.stringMatching(body) as string })
    expect((await connect(wazzup, { state })).status, 'the state is still good').toBe(200)
  })
})

describe('badState', () => {
  test.each([
    ['coded', { error: 'INVALID_STATE', description: 'State is not valid' }],
    ['with-request-id', { status: 400, requestId: expect.stringMatching(/^[0-9a-f]{32}$/) as string }],
    ['nested', { error: { code: 'INVALID_STATE' } }],
  ] as const)('%s', async (badState, body) => {
    const wazzup = await wazzupAtHand({ switches: { badState } })
    const answer = await connect(wazzup, { state: 'bad' })
    expect(answer.status).toBe(400)
    expect(answer.json()).toMatchObject(body)
  })

  test.each([
    ['bare-string', '"INVALID_STATE"'],
    ['empty', ''],
  ] as const)('%s', async (badState, text) => {
    const wazzup = await wazzupAtHand({ switches: { badState } })
    expect(await connect(wazzup, { state: 'bad' })).toMatchObject({ status: 400, text })
  })
})

describe('keyData', () => {
  test.each([
    ['missing', {}],
    ['null', { data: null }],
    ['number', { data: 112233 }],
    ['object', { data: { apiKey: expect.any(String) as string } }],
    ['empty', { data: '' }],
    ['line-break', { data: expect.stringContaining('\r\n') as string }],
    ['too-long', { data: expect.stringMatching(/^[0-9a-f]{32000}$/) as string }],
  ] as const)(
    '%s: 200 with something else than a key, and Wazzup counts it as connected',
    async (keyData, body) => {
      const wazzup = await wazzupAtHand({ switches: { keyData } })
      const answer = await connect(wazzup)
      expect(answer.status).toBe(200)
      expect(answer.json()).toEqual(body)
      expect(wazzup.connections()).toHaveLength(1)
    },
  )
})

describe('limits', () => {
  test('a name may have 200 characters by default, and as many as the switch says', async () => {
    const wazzup = await wazzupAtHand()
    expect((await connect(wazzup, { name: 'n'.repeat(200) })).status).toBe(200)
    expect((await connect(wazzup, { name: 'n'.repeat(201) })).status).toBe(400)
    wazzup.switches.nameLimit = 50
    expect((await connect(wazzup, { name: 'n'.repeat(51) })).status).toBe(400)
  })

  test('a crmKey may have 255 characters by default, and as many as the switch says', async () => {
    const wazzup = await wazzupAtHand()
    expect((await connect(wazzup, { crmKey: 'k'.repeat(255) })).status).toBe(200)
    expect((await connect(wazzup, { crmKey: 'k'.repeat(256) })).status).toBe(400)
    wazzup.switches.crmKeyLimit = 32
    expect((await connect(wazzup, { crmKey: 'k'.repeat(33) })).status).toBe(400)
  })
})

describe('redirect', () => {
  const address = `http://crm.test/wauth?lang=en#top`
  test.each([
    ['by-url', /^http:\/\/crm\.test\/wauth\?lang=en&state=[^#]+#top$/],
    ['glued', /^http:\/\/crm\.test\/wauth\?lang=en#top\?state=/],
  ] as const)('%s: an address with a query of its own', async (redirect, location) => {
    const wazzup = await wazzupAtHand({
      switches: { redirect },
      module: { ...module, authRedirectUri: address },
    })
    const answer = await send(`${wazzup.url}/marketplace/connect?crmCode=${module.crmCode}`)
    expect(answer.headers['location']).toMatch(location)
  })
})
