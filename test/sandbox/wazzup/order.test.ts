import { describe, expect, test } from 'vitest'
import { aContact, aDeal, aUser, connectedWazzup, many, type ConnectedWazzup } from './connected.ts'

/** Says which fields of the one row are wrong; nothing when it was taken. */
async function refusedFields({ call }: ConnectedWazzup, kind: string, row: object) {
  const answer = await call('POST', `/v3/${kind}`, [row])
  if (answer.status === 200) return []
  return (answer.json() as { data: { fields: string[] }[] }).data[0]?.fields
}

describe('with the switch a row may name only what is there', () => {
  const strict = () => connectedWazzup({ switches: { unknownReferences: 'refused' } })

  test('a contact its user, a deal its user and all of its contacts', async () => {
    const at = await strict()
    expect(await refusedFields(at, 'contacts', aContact('c-1'))).toEqual(['responsibleUserId'])
    expect(await refusedFields(at, 'users', aUser('u-1'))).toEqual([])
    const deal = aDeal('d-1', { contacts: ['c-1', 'c-2'] })
    expect(await refusedFields(at, 'deals', deal)).toEqual(['contacts'])
    expect(await refusedFields(at, 'contacts', aContact('c-1'))).toEqual([])
    expect(await refusedFields(at, 'deals', deal)).toEqual(['contacts'])
    expect(await refusedFields(at, 'contacts', aContact('c-2'))).toEqual([])
    expect(await refusedFields(at, 'deals', deal)).toEqual([])
  })

  test('what was deleted is not there, in one call or in many', async () => {
    const at = await strict()
    for (const [kind, row] of [
      ['users', aUser('u-1')],
      ['contacts', aContact('c-1')],
    ] as const)
      expect(await refusedFields(at, kind, row)).toEqual([])
    await at.call('PATCH', '/v3/contacts/bulk_delete', ['c-1'])
    expect(await refusedFields(at, 'deals', aDeal('d-1'))).toEqual(['contacts'])
    await at.call('DELETE', '/v3/users/u-1')
    expect(await refusedFields(at, 'deals', aDeal('d-1'))).toEqual(['responsibleUserId', 'contacts'])
  })
})

test.each(['accepted', 'refused'] as const)(
  'who is named by others can be deleted, and they stay as they are: unknown references %s',
  async (unknownReferences) => {
    const { wazzup, call } = await connectedWazzup({ switches: { unknownReferences } })
    await call('POST', '/v3/users', [aUser('u-1')])
    await call('POST', '/v3/contacts', [aContact('c-1')])
    await call('POST', '/v3/deals', [aDeal('d-1')])
    for (const [kind, id] of [
      ['users', 'u-1'],
      ['contacts', 'c-1'],
    ] as const)
      expect((await call('PATCH', `/v3/${kind}/bulk_delete`, [id])).json()).toEqual([])
    const { users, contacts, deals } = wazzup.account()
    expect([users.size, contacts.size, deals.get('d-1')]).toEqual([0, 0, aDeal('d-1')])
  },
)

describe.each([
  ['contacts', aContact],
  ['deals', aDeal],
] as const)('%s', (kind, make) => {
  test('101 deletes in one request are too many, and none is done', async () => {
    const { wazzup, call } = await connectedWazzup()
    const ids = many(101, (id) => id)
    await call('POST', `/v3/${kind}`, [make(ids[0] ?? ''), make(ids[100] ?? '')])
    const remove = (these: string[]) => call('PATCH', `/v3/${kind}/bulk_delete`, these)
    expect((await remove(ids)).json()).toMatchObject({
      ...{ error: 'TOO_MANY_ENTITIES', data: { count: 101, limit: 100 } },
    })
    expect(wazzup.account()[kind].size).toBe(2)
    expect((await remove(ids.slice(1))).json()).toEqual(ids.slice(1, 100))
    expect([...wazzup.account()[kind].keys()]).toEqual([ids[0]])
  })
})

test.each([
  ['users', 'id', 64, aUser],
  ['users', 'name', 150, aUser],
  ['contacts', 'id', 100, aContact],
  ['contacts', 'responsibleUserId', 100, aContact],
  ['contacts', 'name', 200, aContact],
  ['contacts', 'uri', 200, aContact],
  ['deals', 'id', 100, aDeal],
  ['deals', 'responsibleUserId', 100, aDeal],
  ['deals', 'name', 200, aDeal],
  ['deals', 'uri', 200, aDeal],
] as const)('of %s the %s has at most %i characters', async (kind, field, most, make) => {
  const at = await connectedWazzup()
  const row = (length: number) => make('a', { [field]: 'x'.repeat(length) })
  expect(await refusedFields(at, kind, row(most))).toEqual([])
  expect(await refusedFields(at, kind, row(most + 1))).toEqual([field])
})

test('a deal has at most ten contacts, and at least one', async () => {
  const at = await connectedWazzup()
  const withContacts = (n: number) => refusedFields(at, 'deals', aDeal('d', { contacts: many(n, String) }))
  expect([
    await withContacts(0),
    await withContacts(1),
    await withContacts(10),
    await withContacts(11),
  ]).toEqual([['contacts'], [], [], ['contacts']])
})

test('a call to delete counts as any other in the window of a key', async () => {
  const { call } = await connectedWazzup({
    switches: { rateLimit: 2 },
    now: () => new Date('2026-01-02T03:04:05Z'),
  })
  const statuses = []
  for (let n = 0; n < 3; n += 1)
    statuses.push((await call('PATCH', '/v3/contacts/bulk_delete', ['c'])).status)
  expect(statuses).toEqual([200, 200, 429])
})
