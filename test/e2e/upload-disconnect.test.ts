import { expect, test } from 'vitest'
import { LEASE } from '../../src/keys/switch-off-later.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { connectorAtHand, type ConnectorOptions } from '../support/connector.ts'
import { connectAccount } from '../support/uploads.ts'
import { handlerAtHand } from '../sandbox/wazzup/handler-at-hand.ts'
import { send } from '../sandbox/wazzup/wazzup-at-hand.ts'
import { onOneEngine } from '../support/on-one-engine.ts'

const TOKEN = 'an-internal-token-for-tests-of-32-characters'

async function atHand(options: ConnectorOptions) {
  const env = { INTERNAL_TOKEN: TOKEN, ...options.env }
  const connector = await connectorAtHand({ ...options, env })
  const disconnect = () =>
    send(`${connector.internalUrl}/v1/connections/acme`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${TOKEN}` },
    })
  return { connector, wazzup: connector.sandbox.wazzup, disconnect }
}

test(
  'after a disconnect not one more batch is sent, also while bad rows are looked for',
  onOneEngine,
  async () => {
    const bad = ['acme-contact-000050']
    const { connector, wazzup, disconnect } = await atHand({
      exports: { sizes: { acme: { contacts: 3000 } } },
      switches: { breaksOver: bad },
      overrides: { jitter: () => 0.99 },
    })
    const sent = () =>
      wazzup.requests.filter(({ method, path }) => method === 'POST' && path === '/v3/contacts')
    wazzup.faultsOn('POST', '/v3/contacts').push(...Array.from({ length: 40 }, () => fault.slow(300)))
    await connectAccount(connector)
    await expect.poll(() => sent().length, { interval: 20 }).toBeGreaterThan(5)
    expect(await disconnect()).toMatchObject({ status: 200 })
    const before = sent().length
    await expect.poll(() => connector.log.text()).toContain('keys.disconnect')
    await connector.app.stop()
    expect(sent().length).toBeLessThanOrEqual(before + 1)
    expect(before).toBeLessThan(35)
  },
)

test('a disconnect while the address is being registered leaves no address that gets webhooks', async () => {
  const handler = await handlerAtHand()
  let isAsked = false
  const answered = Promise.withResolvers<undefined>()
  handler.answer = async () => {
    isAsked = true
    await answered.promise
    return { status: 200 }
  }
  const { connector, wazzup, disconnect } = await atHand({ env: { WEBHOOKS_URL: handler.url } })
  await connectAccount(connector)
  await expect.poll(() => isAsked, { interval: 20 }).toBe(true)
  expect((await disconnect()).json()).toMatchObject({ status: 'disconnected', subscriptions: 'none' })
  answered.resolve(undefined)
  await expect.poll(() => wazzup.account().webhooks.uri).toBe(handler.url)
  await connector.moveTime(LEASE)
  await expect
    .poll(() => Object.values<boolean>({ ...wazzup.account().webhooks.subscriptions }))
    .toEqual([false, false, false, false])
})
