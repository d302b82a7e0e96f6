import { expect, onTestFinished, test } from 'vitest'
import { switchOff } from '../../src/keys/switch-off.ts'
import { createLogger } from '../../src/observability/logger.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import type { Switches } from '../../src/sandbox/wazzup/switches.ts'
import { systemClock } from '../../src/shared/clock.ts'
import { createAuthorizedCall } from '../../src/wazzup/authorized-call.ts'
import { confirmingRefusals } from '../../src/keys/health.ts'
import { createWazzupClient } from '../../src/wazzup/client.ts'
import { createWebhooks } from '../../src/wazzup/webhooks.ts'
import { connectedWazzup } from '../sandbox/wazzup/connected.ts'
import { allOn, handlerAtHand } from '../sandbox/wazzup/handler-at-hand.ts'

/** A connected Wazzup of these readings that sends webhooks to a handler, and our client of it. */
async function sendingWazzup(switches: Partial<Switches>) {
  const { wazzup, apiKey, call } = await connectedWazzup()
  const handler = await handlerAtHand()
  await call('PATCH', '/v3/webhooks', { webhooksUri: handler.url, subscriptions: allOn })
  Object.assign(wazzup.switches, switches)
  const client = createWazzupClient({ apiUrl: new URL(wazzup.url), deadline: 5000, maxAnswer: 65536 })
  onTestFinished(() => client.close())
  const webhooks = createWebhooks(confirmingRefusals(createAuthorizedCall(client, systemClock)))
  const deps = { webhooks, webhooksUrl: new URL(handler.url), log: createLogger('silent') }
  return { wazzup, off: (deadline?: number) => switchOff(apiKey, deps, deadline) }
}

test.each<Partial<Switches>>([
  {},
  { templateNames: 'wabaTemplatesStatus', unknownSubscriptions: 'refused' },
  { templateNames: 'templateStatus', unknownSubscriptions: 'refused' },
  { templateNames: 'wabaTemplatesStatus', omittedSubscriptions: 'kept' },
  { templateNames: 'templateStatus', omittedSubscriptions: 'kept' },
  { webhooksShown: 'no-subscriptions' },
])('all four switches go off where Wazzup has %o', async (switches) => {
  const { wazzup, off } = await sendingWazzup(switches)
  expect(await off()).toBe('off')
  expect(Object.values(wazzup.account().webhooks.subscriptions)).toEqual([false, false, false, false])
})

test('an address that only Wazzup spells otherwise is ours to switch off', async () => {
  const { wazzup, off } = await sendingWazzup({})
  const { webhooks } = wazzup.account()
  webhooks.uri = new URL(webhooks.uri ?? '').origin.replace('http:', 'HTTP:') + '/%68ook?s=1'
  expect(await off()).toBe('off')
})

test.each(['no-address', 'null', 'empty', 'not-found'] as const)(
  'an answer that shows no address, %s, does not mean that there is none',
  async (webhooksShown) => {
    const { off } = await sendingWazzup({ webhooksShown })
    expect(await off()).toBe('failed')
  },
)

test.each(['GET', 'PATCH'])(
  'a Wazzup that does not answer a %s holds it up no longer than all may take',
  async (method) => {
    const { wazzup, off } = await sendingWazzup({})
    wazzup.faultsOn(method, '/v3/webhooks').push(fault.drop('hang'))
    const began = performance.now()
    expect(await off(200)).toBe('failed')
    expect(performance.now() - began).toBeLessThan(4000)
  },
)

test('a key is given up when it is refused with 401, and not because of one 401, or of 403 wherever it is sent', async () => {
  const { wazzup, off } = await sendingWazzup({})
  wazzup.faultsOn('GET', '/v3/webhooks').push(fault.refuse(401))
  expect(await off()).toBe('failed')
  wazzup.switches.closedRoutes = ['/v3/']
  expect(await off()).toBe('failed')
  wazzup.switches.closedRoutes = []
  wazzup.revokeKey()
  expect(await off()).toBe('refused')
})
