import { expect, onTestFinished, test, vi } from 'vitest'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { systemClock } from '../../src/shared/clock.ts'
import { createAuthorizedCall } from '../../src/wazzup/authorized-call.ts'
import { createWazzupClient } from '../../src/wazzup/client.ts'
import { createWebhooks, NO_SUBSCRIPTIONS } from '../../src/wazzup/webhooks.ts'
import { connectedWazzup } from '../sandbox/wazzup/connected.ts'
import { handlerAtHand } from '../sandbox/wazzup/handler-at-hand.ts'

/** A connected Wazzup that answers changes with these errors, one after another, and then takes them. */
async function refusing(...errors: string[]) {
  const { wazzup, apiKey } = await connectedWazzup()
  const settings = { address: (await handlerAtHand()).url, subscriptions: NO_SUBSCRIPTIONS }
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
  const keys = () =>
    wazzup.requests
      .filter(({ method }) => method === 'PATCH')
      .map(({ body }) => (JSON.parse(body) as { crmKey?: string }).crmKey ?? null)
  const changeWithKey = () => webhooks.change(apiKey, { ...settings, crmKey: 'the-crm-key' })
  return { wazzup, change, changeWithKey, names, keys, faults }
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

const WAYS_TO_REFUSE = [
  ...(['refused', 'refused-as-unknown', 'refused-without-a-word', 'refused-in-200'] as const),
  ...(['unprocessable', 'forbidden'] as const),
]

test('after a refusal a change with the crmKey goes once more without it, and then says that the key was refused', async () => {
  const { wazzup, changeWithKey, keys, names } = await refusing()
  for (const patchedCrmKey of WAYS_TO_REFUSE) {
    Object.assign(wazzup.switches, { patchedCrmKey })
    const { kind, refusedKey } = await changeWithKey()
    // A 403 may be of this account alone.
    expect([kind, refusedKey]).toEqual(['done', patchedCrmKey === 'forbidden' ? undefined : true])
  }
  expect(keys()).toEqual(WAYS_TO_REFUSE.flatMap(() => ['the-crm-key', null]))
  expect(names()).toEqual(keys().map(() => BOTH))
})

test('the crmKey goes with one name, too, where only both names were refused', async () => {
  const { wazzup, changeWithKey, keys } = await refusing()
  const strict = { templateNames: 'wabaTemplatesStatus', unknownSubscriptions: 'refused' } as const
  Object.assign(wazzup.switches, { ...strict, patchedCrmKey: 'taken' })
  const changed = await changeWithKey()
  expect(changed).toMatchObject({ kind: 'done' })
  expect(changed.refusedKey).toBeUndefined()
  expect(keys()).toEqual(['the-crm-key', null, 'the-crm-key'])
  expect(wazzup.connections()[0]?.crmKey).toBe('the-crm-key')
})

test.each(['uriNotValid', 'testPostNotPassed'])('%s says nothing of the crmKey', async (error) => {
  const { changeWithKey, keys } = await refusing(error)
  expect(await changeWithKey()).toMatchObject({ kind: 'refused', status: 400 })
  expect(keys()).toEqual(['the-crm-key'])
})

test('an address that could not be asked at first says nothing of the crmKey, and a refusal without it counts', async () => {
  const { changeWithKey, faults } = await refusing('WEBHOOKS_REQUEST_ERROR')
  faults.push(fault.refuse(200, { body: { ok: true } }))
  const changed = await changeWithKey()
  expect([changed.kind, changed.refusedKey]).toEqual(['done', undefined])
  faults.push(
    ...['CRM_KEY_NOT_ALLOWED', 'uriNotValid'].map((error) => fault.refuse(400, { body: { error } })),
  )
  expect(await changeWithKey()).toMatchObject({ kind: 'refused', code: 'URI_NOT_VALID' })
})
