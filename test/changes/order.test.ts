import { expect, test } from 'vitest'
import { acceptChanges, type AskedChange } from '../../src/changes/accept.ts'
import { systemClock } from '../../src/shared/clock.ts'
import { systemRandom } from '../../src/shared/random.ts'
import { contact, gone, user } from '../support/changes-at-hand.ts'
import { connectorAtHand } from '../support/connector.ts'
import { connectAccount } from '../support/uploads.ts'

const deal: AskedChange = {
  ...{ kind: 'deals', op: 'upsert' },
  row: {
    ...{ id: 'd-1', name: 'Deal', responsibleUserId: 'u-1', uri: 'https://crm.example/deals/d-1' },
    ...{ contacts: ['c-1'], closed: false },
  },
}

test('a Wazzup that refuses who names what is not there takes all, in whatever order the CRM says it', async () => {
  // Nothing but the changes brings rows.
  const connector = await connectorAtHand({ env: { CRM_EXPORT_URL: '', CRM_EXPORT_TOKEN: '' } })
  const { store, sandbox } = connector
  const { wazzup } = sandbox
  wazzup.switches.unknownReferences = 'refused'
  await connectAccount(connector)
  const passOn = async (...changes: AskedChange[]) => {
    await acceptChanges('acme', changes, { store, random: systemRandom, clock: systemClock })
    await expect.poll(() => store.changes.find('acme')).toMatchObject({ waiting: 0 })
    expect(await store.changes.rejects('acme', { after: 0, limit: 10 })).toEqual([])
  }
  const there = () => {
    const { users, contacts, deals } = wazzup.account()
    return [users, contacts, deals].map((kind) => [...kind.keys()].join())
  }
  const calls = () =>
    wazzup.requests
      .filter(({ path }) => /^\/v3\/(?:users|contacts|deals)/.test(path))
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path}`)
  await passOn(deal, contact('c-1'), user('u-1'))
  expect(there()).toEqual(['u-1', 'c-1', 'd-1'])
  await passOn(gone('users', 'u-1'), gone('contacts', 'c-1'), gone('contacts', 'c-9'), gone('deals', 'd-1'))
  expect(there()).toEqual(['', '', ''])
  expect(calls()).toEqual([
    ...['POST /v3/users', 'POST /v3/contacts', 'POST /v3/deals'],
    ...['PATCH /v3/deals/bulk_delete', 'PATCH /v3/contacts/bulk_delete', 'PATCH /v3/users/bulk_delete'],
  ])
})
