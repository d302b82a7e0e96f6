import { describe, expect, test } from 'vitest'
import { aPipeline, aUser, connectedWazzup } from './connected.ts'
import { withHandler } from './handler-at-hand.ts'
import { connect, module, send, wazzupAtHand } from './wazzup-at-hand.ts'

const textOf = (markup: string) =>
  markup
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/&quot;/g, '"')
    .replaceAll(/\s+/g, ' ')

const shown = async ({ consoleUrl }: { consoleUrl: string }) => textOf((await send(consoleUrl)).text)

/** Presses a button; resolves to the page that follows. */
async function press(wazzup: { url: string; consoleUrl: string }, action: string, headers: object = {}) {
  const answer = await send(`${wazzup.url}/console/${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: 'accountId=31415926',
  })
  return { status: answer.status, page: await shown(wazzup) }
}

describe('the page behind the scenes', () => {
  test('shows an account that nobody has connected', async () => {
    expect(await shown(await wazzupAtHand())).toContain('Not connected yet. Webhooks: no address')
  })

  test('shows what Wazzup holds, and every call with its answer', async () => {
    const { wazzup, call } = await connectedWazzup()
    await call('POST', '/v3/users', [aUser('u-1'), aUser('u-2')])
    await call('POST', '/v3/contacts', [{ id: 'c-1' }])
    const page = await shown(wazzup)
    expect(page).toContain('Connected: acme.example')
    expect(page).toContain('users 2 u-1 Name of u-1, u-2 Name of u-2')
    expect(page).toMatch(/POST \/v3\/users \[\{"id":"u-1".{10,80} 200/)
    expect(page).toMatch(/POST \/v3\/contacts \[\{"id":"c-1"\}\] 400/)
  })

  test('shows no key, secret or state, however it came', async () => {
    const wazzup = await wazzupAtHand()
    const state = await wazzup.mintState()
    const apiKey = (await connect(wazzup, { state, crmKey: 'a-crm-key-of-some-length' })).text
    await send(`${wazzup.url}/v3/channels?state=${state}`, { headers: { authorization: `Bearer ${apiKey}` } })
    const { text } = await send(wazzup.consoleUrl)
    const [made] = wazzup.connections()
    for (const secret of [state, module.secret, 'a-crm-key-of-some-length', made?.apiKey ?? ''])
      expect(text).not.toContain(secret)
    expect(text).toContain('a-cr…th')
  })

  test('a name that is markup stays a name', async () => {
    const { wazzup, call } = await connectedWazzup()
    await call('POST', '/v3/users', [aUser('u-1', { name: '<script>alert(1)</script>' })])
    expect((await send(wazzup.consoleUrl)).text).not.toContain('<script>alert')
  })
})

describe('a button', () => {
  test('sends a message, and says what the handler answered', async () => {
    const { wazzup, handler } = await withHandler()
    expect((await press(wazzup, 'message')).page).toContain('Your handler answered 200.')
    expect(handler.received).toMatchObject([{ payload: { messages: [{ text: 'Hello' }] } }])
    handler.answer = () => ({ status: 500 })
    expect((await press(wazzup, 'message')).page).toContain('Your handler answered 500. Wazzup wants 200.')
  })

  test('says why nothing was sent', async () => {
    expect((await press(await wazzupAtHand(), 'message')).page).toContain('press «Connect» first')
  })

  test('asks for a contact and a deal of a client that nobody has seen', async () => {
    const { wazzup, handler, call } = await withHandler()
    expect((await press(wazzup, 'client')).page).toContain('Wazzup holds no user yet')
    await call('POST', '/v3/users', [aUser('u-1')])
    await call('POST', '/v3/pipelines', [aPipeline('p-1')])
    expect((await press(wazzup, 'client')).page).toContain('not with a whole contact')
    let made = 0
    handler.answer = ({ payload }) => {
      const { createContact, createDeal } = payload as Record<string, Record<string, unknown>>
      made += 1
      const id = `made-${made}`
      const body = createContact
        ? { ...createContact, id }
        : { ...createDeal, id, name: 'New', uri: 'https://crm.test/d', closed: false }
      return { status: 200, body: JSON.stringify(body) }
    }
    expect((await press(wazzup, 'client')).page).toContain('created contact made-1 and deal made-2.')
    expect((await press(wazzup, 'client')).page).toContain('created contact made-3 and deal made-4.')
  })

  test('refuses the apiKey, and accepts it again', async () => {
    const { wazzup, call } = await connectedWazzup()
    expect((await press(wazzup, 'refuse')).page).toContain('Connected, but the apiKey is refused')
    expect((await call('GET', '/v3/channels')).status).toBe(401)
    await press(wazzup, 'accept')
    expect((await call('GET', '/v3/channels')).status).toBe(200)
  })

  test('loses the answer to the next exchange, which is done all the same', async () => {
    const wazzup = await wazzupAtHand()
    expect((await press(wazzup, 'lose')).page).toContain('Answers to be lost: 1')
    await expect(connect(wazzup)).rejects.toThrow()
    expect(wazzup.connections()).toHaveLength(1)
    expect(await shown(wazzup)).toMatch(/POST \/v3\/connect .* – process then reset/)
  })

  test.each([
    ['a page elsewhere', { 'sec-fetch-site': 'cross-site' }],
    ['another name of this address', { host: 'evil.example' }],
  ])('pressed by %s does nothing', async (_what, headers) => {
    const { wazzup } = await connectedWazzup()
    expect((await press(wazzup, 'refuse', headers)).status).toBe(403)
    expect(wazzup.connections()[0]?.keyAlive).toBe(true)
  })
})

test('another name of this address shows nothing', async () => {
  const wazzup = await wazzupAtHand()
  expect((await send(wazzup.consoleUrl, { headers: { host: 'evil.example' } })).status).toBe(403)
})
