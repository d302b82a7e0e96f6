import { expect, onTestFinished, test, vi } from 'vitest'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { systemClock } from '../../src/shared/clock.ts'
import { createAuthorizedCall } from '../../src/wazzup/authorized-call.ts'
import { createWazzupClient } from '../../src/wazzup/client.ts'
import { createWebhooks, NO_SUBSCRIPTIONS } from '../../src/wazzup/webhooks.ts'
import { connectedWazzup } from '../sandbox/wazzup/connected.ts'

const settings = { address: 'https://crm.example/hook', subscriptions: NO_SUBSCRIPTIONS }

/** A connected Wazzup that answers changes with these errors, one after another. */
async function refusing(...errors: string[]) {
  const { wazzup, apiKey } = await connectedWazzup()
  const faults = wazzup.faultsOn('PATCH', '/v3/webhooks')
  faults.push(...errors.map((error) => fault.refuse(400, { body: { error } })))
  const client = createWazzupClient({ apiUrl: new URL(wazzup.url), deadline: 5000, maxAnswer: 65536 })
  onTestFinished(() => client.close())
  const webhooks = createWebhooks(createAuthorizedCall(client, systemClock))
  const names = () =>
    wazzup.requests
      .filter(({ method }) => method === 'PATCH')
      .map(({ body }) => Object.keys((JSON.parse(body) as { subscriptions: object }).subscriptions))
      .map((switches) => switches.filter((name) => /template/i.test(name)))
  const change = (signal?: AbortSignal) => webhooks.change(apiKey, settings, signal && { signal })
  return { change, names, faults }
}

const BOTH = ['templateStatus', 'wabaTemplatesStatus']

test('when both names are refused, one goes alone until the refusal is of the address, and the first refusal counts', async () => {
  const { change, names } = await refusing('WEBHOOKS_REQUEST_ERROR', 'testPostNotPassed', 'uriNotValid')
  expect(await change()).toMatchObject({ kind: 'refused', code: 'WEBHOOKS_REQUEST_ERROR' })
  expect(names()).toEqual([BOTH, ['wabaTemplatesStatus']])
})

test.each(['uriNotValid', 'testPostNotPassed'])('a refusal of the address, %s, is final', async (error) => {
  const { change, names } = await refusing(error, 'VALIDATION_ERROR')
  expect(await change()).toMatchObject({ kind: 'refused', status: 400 })
  expect(names()).toEqual([BOTH])
})

test('the second request has no more time than the first has left', async () => {
  const { change, names, faults } = await refusing('VALIDATION_ERROR')
  faults.push(fault.drop('hang'))
  const end = new AbortController()
  const changed = change(end.signal)
  await vi.waitFor(() => {
    expect(names()).toHaveLength(2)
  })
  const ended = performance.now()
  end.abort(new DOMException('over', 'TimeoutError'))
  expect(await changed).toMatchObject({ kind: 'unavailable', code: 'deadline' })
  expect(performance.now() - ended).toBeLessThan(4000)
})
