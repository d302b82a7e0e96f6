import { expect, test } from 'vitest'
import { fault } from '../../../src/sandbox/wazzup/fault.ts'
import { aContact, aUser, connectedWazzup } from './connected.ts'
import { send } from './wazzup-at-hand.ts'

test('a window takes so many requests of a key, then 429 until the next one', async () => {
  let now = Date.parse('2026-01-02T03:04:05Z')
  const { wazzup, call } = await connectedWazzup({ now: () => new Date(now), switches: { rateLimit: 2 } })
  const statuses = []
  for (let i = 0; i < 3; i++) statuses.push(await call('GET', '/v3/channels'))
  expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429])
  expect(statuses[2]).toMatchObject({ text: '' })
  expect(statuses[2]?.headers).not.toHaveProperty('retry-after')
  now += 3000
  wazzup.switches.rateRetryAfter = 'seconds'
  expect((await call('GET', '/v3/channels')).headers['retry-after']).toBe('2')
  now += 2000
  expect((await call('GET', '/v3/channels')).status).toBe(200)
})

test('keys may be counted together, by the address that they come from', async () => {
  const { wazzup, call } = await connectedWazzup({ switches: { rateLimit: 2, rateCountedBy: 'address' } })
  const asOther = { authorization: `Bearer ${wazzup.partnerApiKey}` }
  const other = () => send(`${wazzup.url}/v3/channels`, { headers: asOther })
  const answers = [
    await call('GET', '/v3/channels'),
    await other(),
    await call('GET', '/v3/channels'),
    await other(),
  ]
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 429])
  wazzup.switches.rateCountedBy = 'key'
  expect([(await call('GET', '/v3/channels')).status, (await other()).status]).toEqual([200, 200])
})

test('a route may be closed to a key that is good elsewhere', async () => {
  const { call } = await connectedWazzup({ switches: { closedRoutes: ['/v3/deals'] } })
  expect(await call('POST', '/v3/deals', [])).toMatchObject({ status: 403, text: '{"error":"FORBIDDEN"}' })
  expect((await call('GET', '/v3/users')).status).toBe(200)
})

test('faults are scripted for a route, met one per request, and recorded', async () => {
  const { wazzup, call } = await connectedWazzup()
  wazzup
    .faultsOn('POST', '/v3/contacts')
    .push(fault.unavailable(502), fault.processThen('reset'), fault.slow(50))
  const send = (id: string) => call('POST', '/v3/contacts', [aContact(id)]).catch(() => ({ status: 0 }))
  expect((await send('a')).status).toBe(502)
  expect((await call('POST', '/v3/users', [aUser('u')])).status).toBe(200)
  expect((await send('b')).status).toBe(0)
  const before = Date.now()
  expect((await send('c')).status).toBe(200)
  expect(Date.now() - before).toBeGreaterThanOrEqual(45)
  expect([...wazzup.account().contacts.keys()]).toEqual(['b', 'c'])
  await expect
    .poll(() => wazzup.requests.filter(({ path }) => path === '/v3/contacts').map(({ answer }) => answer))
    .toEqual([
      { status: 502, fault: 'refuse 502' },
      { status: null, fault: 'process then reset' },
      { status: 200, fault: 'slow 50' },
    ])
})
