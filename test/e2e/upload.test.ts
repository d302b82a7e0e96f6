import { expect, test } from 'vitest'
import { fault } from '../../src/sandbox/wazzup/fault.ts'
import { connectorAtHand } from '../support/connector.ts'
import { onOneEngine } from '../support/on-one-engine.ts'
import { connectAccount, expectComplete, uploadEnd, hurriedEnd } from '../support/uploads.ts'
import { eachOfFirst } from '../support/long.ts'

eachOfFirst(2)([0, 101, 1, 100, 1000])(
  'an account of %i contacts arrives whole, and so does the address',
  async (contacts) => {
    const connector = await connectorAtHand({ exports: { sizes: { acme: { contacts, deals: contacts } } } })
    const { wazzup, crm } = connector.sandbox
    // Deals of nobody cannot be: the demo CRM has none without contacts.
    if (contacts === 0) crm.exports.sizes = { acme: { contacts: 0, deals: 0 } }
    await connectAccount(connector)
    const upload = await uploadEnd(connector)
    expect(upload).toMatchObject({ status: 'done', reason: null })
    expect(upload.steps.map(({ kind, sent, total }) => [kind, sent, total])).toEqual([
      ['users', 12, 12],
      ['pipelines', 2, 2],
      ['contacts', contacts, contacts],
      ['deals', contacts, contacts],
      ['webhooks', 1, 1],
    ])
    const metrics = await fetch(`${connector.internalUrl}/metrics`).then((answer) => answer.text())
    expect(metrics).toContain(`wauth_upload_rows_total{kind="contacts",outcome="sent"} ${contacts}\n`)
    expect(metrics).toContain('wauth_upload_steps_total{kind="deals",status="done"} 1\n')
    await expectComplete(crm, wazzup.account())
    expect(wazzup.account().webhooks).toEqual({
      uri: crm.webhooksUrl,
      subscriptions: {
        ...{ messagesAndStatuses: true, contactsAndDealsCreation: true },
        ...{ channelsUpdates: true, templateStatus: true },
      },
    })
  },
)

test(
  '429, 5xx, resets, lost answers and slow or broken pages delay it, and it still arrives whole',
  onOneEngine,
  async () => {
    const exports = { pageSize: 150, sizes: { acme: { contacts: 350, deals: 120 } } }
    const connector = await connectorAtHand({ exports, overrides: { jitter: () => 0.99 } })
    const { wazzup, crm } = connector.sandbox
    crm.exports.faults.push(
      fault.slow(300),
      fault.unavailable(),
      fault.processThenReply(200, { body: '{"items":' }),
    )
    wazzup.faultsOn('POST', '/v3/users').push(fault.rateLimited(1), fault.unavailable(502))
    wazzup.faultsOn('POST', '/v3/contacts').push(fault.processThen('reset'), fault.drop('reset'))
    wazzup.faultsOn('PATCH', '/v3/webhooks').push(fault.processThen('cut'))
    await connectAccount(connector)
    expect(await hurriedEnd(connector)).toMatchObject({ status: 'done' })
    await expectComplete(crm, wazzup.account())
  },
)

test('a revoked key stops it within one batch', async () => {
  const connector = await connectorAtHand({ exports: { sizes: { acme: { contacts: 2000 } } } })
  const { wazzup } = connector.sandbox
  wazzup.faultsOn('POST', '/v3/contacts').push(fault.slow(1))
  await connectAccount(connector)
  await expect.poll(() => wazzup.account().contacts.size, { interval: 5 }).toBeGreaterThan(0)
  wazzup.revokeKey()
  expect(await uploadEnd(connector)).toMatchObject({ status: 'failed', reason: 'key_refused' })
  const refused = wazzup.requests.filter(({ answer, method }) => method === 'POST' && answer?.status === 401)
  expect(refused).toHaveLength(1)
  expect(await connector.store.connections.find('acme')).toMatchObject({ status: 'invalid' })
})

test('a key that is refused elsewhere first ends the upload; when it is good again, the rest arrives', async () => {
  const connector = await connectorAtHand({ exports: { sizes: { acme: { contacts: 350, deals: 5 } } } })
  const { wazzup, crm } = connector.sandbox
  wazzup.faultsOn('POST', '/v3/contacts').push(fault.slow(2000))
  await connectAccount(connector)
  await expect.poll(() => wazzup.account().contacts.size, { interval: 20 }).toBe(100)
  const { generationId = '' } = (await connector.store.uploads.find('acme')) ?? {}
  await connector.store.connections.noteHealth(generationId, 'invalid', new Date())
  expect(await uploadEnd(connector)).toMatchObject({ status: 'failed', reason: 'key_refused' })
  // What was under way then is taken, written down, and not sent again.
  await expect.poll(async () => (await connector.store.uploads.find('acme'))?.steps[2]?.read).toBe(100)
  await connector.store.connections.noteHealth(generationId, 'valid', new Date())
  expect(await uploadEnd(connector)).toMatchObject({ status: 'done', reason: null })
  await expectComplete(crm, wazzup.account())
  const sent = wazzup.requests.filter(({ method, path }) => method === 'POST' && path === '/v3/contacts')
  expect(sent).toHaveLength(4)
})
