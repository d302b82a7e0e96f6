import { expect, onTestFinished, test } from 'vitest'
import type { Switches } from '../../src/sandbox/wazzup/switches.ts'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { connectorAtHand, type TestConnector } from '../support/connector.ts'
import { hours } from '../../src/shared/clock.ts'
import { onOneEngine } from '../support/on-one-engine.ts'
import { connectAccount, hurry, uploadEnd } from '../support/uploads.ts'
import { eachOfFirst } from '../support/long.ts'

/** Connects acme to a Wazzup of these readings, and registers nothing but the address. */
async function registerAt(switches: Partial<Switches>) {
  const env = { CRM_EXPORT_URL: '', CRM_EXPORT_TOKEN: '' }
  const connector = await connectorAtHand({ switches, env, overrides: { jitter: () => 0 } })
  const { wazzup } = connector.sandbox
  return {
    ...{ connector, wazzup },
    end: async () => {
      const browser = await connectAccount(connector)
      const { status, reason, steps } = await uploadEnd(connector)
      const { warning } = (await connector.store.connections.find('acme')) ?? {}
      const page = await browser.fetch(browser.page.url)
      return { status, reason, step: steps[0], warning, page: page.body }
    },
    patches: () =>
      wazzup.requests
        .filter(({ method, path }) => method === 'PATCH' && path === '/v3/webhooks')
        .map(({ body }) => Object.keys((JSON.parse(body) as { subscriptions: object }).subscriptions)),
  }
}

/** Pauses of a minute are over in a moment. */
const letTimePass = (connector: TestConnector) => {
  onTestFinished(hurry(connector, 5000))
}

const ALL_ON = {
  ...{ messagesAndStatuses: true, contactsAndDealsCreation: true },
  ...{ channelsUpdates: true, templateStatus: true },
}

eachOfFirst(4)<[string, Partial<Switches>, number]>([
  ['knows both names', {}, 1],
  ['does not tell the switch', { templateSwitch: 'untold' }, 1],
  ['tells the switches as texts', { subscriptionValues: 'strings' }, 1],
  [
    'refuses any name but that of its answers',
    { templateNames: 'wabaTemplatesStatus', unknownSubscriptions: 'refused' },
    // The first once more without the crmKey.
    3,
  ],
  [
    'refuses any name but that of the documents',
    { templateNames: 'templateStatus', unknownSubscriptions: 'refused' },
    5,
  ],
  ['tells the switch as the typo of a page has it', { templateSwitch: 'tepmplateStatus' }, 1],
  ['tells the switch in the plural', { templateSwitch: 'templateStatuses' }, 1],
  ['knows the name of its answers only', { templateNames: 'wabaTemplatesStatus' }, 1],
  ['knows the name of the documents only', { templateNames: 'templateStatus' }, 1],
])(
  'where Wazzup %s, all four switches are on, and nothing is wrong',
  onOneEngine,
  async (_, switches, requests) => {
    const { wazzup, end, patches } = await registerAt(switches)
    expect(await end()).toMatchObject({
      status: 'done',
      step: { status: 'done', reason: null },
      warning: null,
    })
    expect(wazzup.account().webhooks.subscriptions).toEqual(ALL_ON)
    expect(patches()).toHaveLength(requests)
  },
)

eachOfFirst(3)([
  ...(['no-address', 'html', 'forbidden'] as const),
  ...(['no-subscriptions', 'null-subscriptions', 'null', 'empty', 'no-json', 'not-found'] as const),
])(
  'an address that was taken is registered, though the answer about it is %s',
  onOneEngine,
  async (webhooksShown) => {
    const { connector, wazzup, end, patches } = await registerAt({ webhooksShown })
    const { page, ...ended } = await end()
    expect(ended).toMatchObject({
      ...{ status: 'done', reason: null, warning: null },
      step: { status: 'done', reason: 'address_not_verified', sent: 1 },
    })
    expect(page).not.toContain('could not be finished')
    expect(wazzup.account().webhooks.subscriptions).toEqual(ALL_ON)
    expect(patches()).toHaveLength(1)
    expect(connector.log.events('upload.address_not_verified')).toHaveLength(1)
    expect(connector.log.events('upload.ended')).toMatchObject([{ level: 'info', status: 'done' }])
  },
)

test(
  'an address that cannot be read back for long is not verified; for a moment, it is asked once more',
  onOneEngine,
  async () => {
    const { wazzup, connector, end } = await registerAt({})
    letTimePass(connector)
    wazzup.faultsOn('GET', '/v3/webhooks').push(...Array.from({ length: 3 }, () => fault.unavailable(502)))
    expect(await end()).toMatchObject({ status: 'done', step: { reason: 'address_not_verified' } })
    wazzup.faultsOn('GET', '/v3/webhooks').push(fault.unavailable(502))
    await connector.store.uploads.start('acme', ['webhooks'], new Date())
    expect(await uploadEnd(connector)).toMatchObject({ steps: [{ status: 'done', reason: null }] })
  },
)

eachOfFirst(1)<[string, object]>([
  ['another address', { webhooksUri: 'https://other.example/hook', subscriptions: ALL_ON }],
  ['another address, and no switches', { webhooksUri: 'https://other.example/hook' }],
  ['no address', { webhooksUri: null, subscriptions: ALL_ON }],
])('an answer that shows %s still says that ours was not kept', onOneEngine, async (_, body) => {
  const { wazzup, end } = await registerAt({})
  wazzup.faultsOn('GET', '/v3/webhooks').push(fault.refuse(200, { body }))
  expect(await end()).toMatchObject({ status: 'failed', warning: 'address_not_kept' })
})

test('a switch that an answer shows as off still says so', async () => {
  const { wazzup, connector, end } = await registerAt({})
  const webhooksUri = connector.environment['WEBHOOKS_URL']
  const body = { webhooksUri, subscriptions: { ...ALL_ON, channelsUpdates: 'false' } }
  wazzup.faultsOn('GET', '/v3/webhooks').push(fault.refuse(200, { body }))
  expect(await end()).toMatchObject({ status: 'failed', warning: 'address_not_kept' })
})

eachOfFirst(1)([
  ['uriNotValid', 'address_not_valid'],
  ['testPostNotPassed', null],
])('a refusal of the address, %s, is no reason to try other names', async (error, reason) => {
  const { wazzup, connector, end, patches } = await registerAt({})
  wazzup.faultsOn('PATCH', '/v3/webhooks').push(fault.refuse(400, { body: { error } }))
  letTimePass(connector)
  expect(await end()).toMatchObject({ step: { reason } })
  const both = expect.arrayContaining(['templateStatus', 'wabaTemplatesStatus']) as string[]
  expect(patches()).toEqual(patches().map(() => both))
})

/** Registers the address once more, and resolves to which of the requests for it had the crmKey. */
async function keysOfNext({ store, sandbox }: TestConnector): Promise<boolean[]> {
  const { requests } = sandbox.wazzup
  const before = requests.length
  await store.uploads.start('acme', ['webhooks'], new Date())
  await uploadEnd({ store })
  return requests
    .slice(before)
    .filter(({ method, path }) => method === 'PATCH' && path === '/v3/webhooks')
    .map(({ body }) => 'crmKey' in (JSON.parse(body) as object))
}

eachOfFirst(1)(['ignored', 'taken'] as const)(
  'where Wazzup has the crmKey of a change %s and forgets one that is left out, webhooks still come with it',
  async (patchedCrmKey) => {
    const { wazzup, connector, end } = await registerAt({ patchedCrmKey, omittedCrmKey: 'cleared' })
    const { step } = await end()
    expect(step).toMatchObject({ status: 'done', reason: null })
    const sent = JSON.parse(wazzup.requests.find(({ path }) => path === '/v3/connect')?.body ?? '') as object
    expect(wazzup.connections()[0]).toMatchObject({ crmKey: (sent as { crmKey: string }).crmKey })
    expect(await keysOfNext(connector)).toEqual([true])
  },
)

eachOfFirst(1)(['refused', 'refused-as-unknown'] as const)(
  'a Wazzup by which the crmKey of a change is %s is not asked with it for a day, by any replica',
  async (patchedCrmKey) => {
    const { wazzup, connector, end } = await registerAt({ patchedCrmKey })
    expect(await end()).toMatchObject({ step: { status: 'done', reason: null }, warning: null })
    expect(wazzup.account().webhooks.subscriptions).toEqual(ALL_ON)
    expect(connector.log.events('upload.crm_key_not_taken')).toHaveLength(1)
    expect(await keysOfNext(connector)).toEqual([false])
    await connector.moveTime(hours(25))
    expect(await keysOfNext(connector)).toEqual([true, false])
    expect(connector.log.events('upload.step').at(-1)).toMatchObject({ kind: 'webhooks', status: 'done' })
  },
)
