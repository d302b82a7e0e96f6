import { describe, expect, test } from 'vitest'
import { aContact, aDeal, aPipeline, aUser, connectedWazzup, many, type Method } from './connected.ts'

const kinds = [
  ['users', aUser],
  ['contacts', aContact],
  ['deals', aDeal],
  ['pipelines', aPipeline],
] as const

describe.each(kinds)('%s', (kind, make) => {
  test('are stored by id, and stored again they are changed', async () => {
    const { call } = await connectedWazzup()
    expect(await call('POST', `/v3/${kind}`, [make('a')])).toMatchObject({ status: 200, text: '' })
    await call('POST', `/v3/${kind}`, [make('a', { name: 'Other' })])
    const list = (await call('GET', `/v3/${kind}`)).text
    expect(list).toContain('Other')
    expect(list).not.toContain('Name of a')
  })

  test('come all or not at all, and the refusal names the rows', async () => {
    const { wazzup, call } = await connectedWazzup()
    const answer = await call('POST', `/v3/${kind}`, [make('a'), { ...make('b'), name: '' }])
    expect(answer.status).toBe(400)
    expect(answer.json()).toMatchObject({
      error: `INVALID_${kind.toUpperCase()}_DATA`,
      data: [{ index: 1, fields: ['name'] }],
    })
    expect(wazzup.account()[kind].size).toBe(0)
  })

  test('with the switch the refusal names nothing', async () => {
    const { call } = await connectedWazzup({ switches: { invalidData: 'bare' } })
    const answer = await call('POST', `/v3/${kind}`, [{ ...make('b'), name: '' }])
    expect(answer.json()).not.toHaveProperty('data')
  })

  test.each([
    ['from-one', [2]],
    ['from-the-end', [1]],
    ['another-row', [0]],
    ['every-row', [0, 1, 2]],
    ['twice', [1, 1]],
    ['outside', [4]],
  ] as const)(
    'with the switch %s the refusal names the second row of three as %j',
    async (invalidData, places) => {
      const { call } = await connectedWazzup({ switches: { invalidData } })
      const rows = [make('a'), { ...make('b'), name: '' }, make('c')]
      const { data } = (await call('POST', `/v3/${kind}`, rows)).json() as { data: { index: number }[] }
      expect(data.map(({ index }) => index)).toEqual(places)
    },
  )

  test.each([
    ['nothing', undefined],
    ['an object', {}],
    ['an empty list', []],
  ])('cannot be %s', async (_, body) => {
    const { call } = await connectedWazzup()
    expect((await call('POST', `/v3/${kind}`, body)).status).toBe(400)
  })

  test('twice the same id in one request is a failure of the server', async () => {
    const { call } = await connectedWazzup()
    expect((await call('POST', `/v3/${kind}`, [make('a'), make('a')])).status).toBe(500)
  })
})

describe.each(kinds.slice(0, 3))('%s have limits and single routes', (kind, make) => {
  test('101 in one request are too many', async () => {
    const { call } = await connectedWazzup()
    const answer = await call('POST', `/v3/${kind}`, many(101, make))
    expect(answer.json()).toMatchObject({ error: 'TOO_MANY_ENTITIES', data: { count: 101, limit: 100 } })
  })

  test('one is read and deleted by its id, and then it is not there', async () => {
    const { call } = await connectedWazzup()
    await call('POST', `/v3/${kind}`, [make('a/b c')])
    const path = `/v3/${kind}/${encodeURIComponent('a/b c')}`
    expect((await call('GET', path)).json()).toMatchObject({ id: 'a/b c' })
    expect((await call('DELETE', path)).status).toBe(200)
    expect([(await call('GET', path)).status, (await call('DELETE', path)).status]).toEqual([404, 404])
  })

  test('many are deleted at once, and the unknown ids come back', async () => {
    const { wazzup, call } = await connectedWazzup()
    await call('POST', `/v3/${kind}`, [make('a'), make('b')])
    expect((await call('PATCH', `/v3/${kind}/bulk_delete`, ['a', 'z'])).json()).toEqual(['z'])
    expect([...wazzup.account()[kind].keys()]).toEqual(['b'])
    expect((await call('PATCH', `/v3/${kind}/bulk_delete`, [{ id: 'b' }])).status).toBe(400)
    // Of users no limit is stated (fact sheet, 2.5).
    const tooMany = await call(
      'PATCH',
      `/v3/${kind}/bulk_delete`,
      many(101, (id) => id),
    )
    expect(tooMany.status).toBe(kind === 'users' ? 200 : 400)
  })
})

test.each([
  ['contacts', aContact],
  ['deals', aDeal],
] as const)('%s are listed by id, a hundred at a time, with their number', async (kind, make) => {
  const { call } = await connectedWazzup()
  const all = many<{ id: string }>(130, make).reverse()
  await call('POST', `/v3/${kind}`, all.slice(0, 100))
  await call('POST', `/v3/${kind}`, all.slice(100))
  const page = async (offset: number) =>
    (await call('GET', `/v3/${kind}?offset=${offset}`)).json() as { count: number; data: { id: string }[] }
  const [first, second] = [await page(0), await page(100)]
  expect([first.count, first.data.length, second.data.length]).toEqual([130, 100, 30])
  expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(all.map(({ id }) => id).reverse())
  expect((await call('GET', `/v3/${kind}?offset=-1`)).status).toBe(400)
})

test('users are listed by name, as a plain array or counted', async () => {
  const { wazzup, call } = await connectedWazzup()
  await call('POST', '/v3/users', [aUser('1', { name: 'Zoë' }), aUser('2', { name: 'Adam', phone: '7901' })])
  const sorted = [
    { id: '2', name: 'Adam' },
    { id: '1', name: 'Zoë' },
  ]
  expect((await call('GET', '/v3/users')).json()).toEqual(sorted)
  wazzup.switches.usersList = 'counted'
  expect((await call('GET', '/v3/users')).json()).toEqual({ count: 2, data: sorted })
})

describe('users', () => {
  test('a phone that is none is dropped without a word', async () => {
    const { call } = await connectedWazzup()
    await call('POST', '/v3/users', [aUser('a', { phone: '+7 901' }), aUser('b', { phone: '79011112233' })])
    expect((await call('GET', '/v3/users/a')).json()).toEqual(aUser('a'))
    expect((await call('GET', '/v3/users/b')).json()).toEqual(aUser('b', { phone: '79011112233' }))
  })

  test('two with one phone are refused, in one request and over two', async () => {
    const { call } = await connectedWazzup()
    const phone = '79011112233'
    const refusal = { status: 400, error: 'DUPLICATE_PHONE_NUMBER', data: { phone } }
    expect(
      (await call('POST', '/v3/users', [aUser('a', { phone }), aUser('b', { phone })])).json(),
    ).toMatchObject(refusal)
    expect((await call('POST', '/v3/users', [aUser('a', { phone })])).status).toBe(200)
    expect((await call('POST', '/v3/users', [aUser('a', { phone })])).status).toBe(200)
    expect((await call('POST', '/v3/users', [aUser('b', { phone })])).json()).toMatchObject(refusal)
  })

  test('an account takes a thousand', async () => {
    const { call } = await connectedWazzup()
    const all = many(1001, aUser)
    for (let from = 0; from < 1000; from += 100) {
      expect((await call('POST', '/v3/users', all.slice(from, from + 100))).status).toBe(200)
    }
    expect((await call('POST', '/v3/users', all.slice(1000))).json()).toMatchObject({
      error: 'USER_LIMIT_EXCEEDED',
      data: { limit: 1000 },
    })
  })
})

const long = 'x'.repeat(300)

test.each<[string, (more: object) => unknown, object, string[]]>([
  ['users', (more) => aUser('a', more), { id: 'x'.repeat(65), name: 'x'.repeat(151) }, ['id', 'name']],
  [
    'contacts',
    (more) => aContact('a', more),
    { id: long, responsibleUserId: '', uri: long },
    ['id', 'responsibleUserId', 'uri'],
  ],
  ['contacts', (more) => aContact('a', more), { contactData: [] }, ['contactData']],
  [
    'contacts',
    (more) => aContact('a', more),
    { contactData: [{ chatType: 'whatsapp', chatId: '+7 901' }] },
    ['contactData'],
  ],
  [
    'contacts',
    (more) => aContact('a', more),
    { contactData: [{ chatType: 'pigeon', chatId: '1' }] },
    ['contactData'],
  ],
  [
    'contacts',
    (more) => aContact('a', more),
    { contactData: [{ chatType: 'instagram', chatId: '@anna' }] },
    ['contactData'],
  ],
  ['deals', (more) => aDeal('a', more), { contacts: many(11, String), closed: 'no' }, ['contacts', 'closed']],
  ['deals', (more) => aDeal('a', more), { uri: undefined }, ['uri']],
  ['pipelines', (more) => aPipeline('a', more), { stages: [] }, ['stages']],
])('%s beyond their limits are refused', async (kind, make, more, fields) => {
  const { call } = await connectedWazzup()
  const answer = await call('POST', `/v3/${kind}`, [make(more)])
  expect(answer.status).toBe(400)
  const { data } = answer.json() as { data: { fields: string[] }[] }
  expect(data[0]?.fields.sort()).toEqual(fields.sort())
})

test('a chat by phone or username alone will do for Telegram and MAX', async () => {
  const { call } = await connectedWazzup()
  const contactData = [
    { chatType: 'telegram', phone: '79011112233' },
    { chatType: 'max', username: 'anna' },
  ]
  expect((await call('POST', '/v3/contacts', [aContact('a', { contactData })])).status).toBe(200)
})

test('pipelines replace each other, or with the switch are merged', async () => {
  const { wazzup, call } = await connectedWazzup()
  const ids = async () =>
    ((await call('GET', '/v3/pipelines')).json() as { id: string }[]).map(({ id }) => id)
  await call('POST', '/v3/pipelines', [aPipeline('1')])
  await call('POST', '/v3/pipelines', [{ id: 2, name: 'A number, and no stages' }])
  expect(await ids()).toEqual(['2'])
  wazzup.switches.pipelines = 'merged'
  await call('POST', '/v3/pipelines', [aPipeline('3')])
  expect(await ids()).toEqual(['2', '3'])
})

test('what a row names need not be there, or with the switch it must', async () => {
  const { wazzup, call } = await connectedWazzup()
  expect((await call('POST', '/v3/deals', [aDeal('a')])).status).toBe(200)
  wazzup.switches.unknownReferences = 'refused'
  expect((await call('POST', '/v3/deals', [aDeal('a')])).json()).toMatchObject({
    data: [{ index: 0, fields: ['responsibleUserId', 'contacts'] }],
  })
})

test('the id of a deal may be a number, and its uri may be left out by a switch', async () => {
  const { wazzup, call } = await connectedWazzup({ switches: { dealUri: 'optional' } })
  expect((await call('POST', '/v3/deals', [{ ...aDeal(''), id: 7, uri: undefined }])).status).toBe(200)
  expect(wazzup.account().deals.get('7')).toMatchObject({ id: '7' })
})

test.each([
  ['array', '[{"id":"a"}]'],
  ['object', '{"ok":true}'],
] as const)('with the switch a good answer is an %s', async (upsertAnswer, text) => {
  const { call } = await connectedWazzup({ switches: { upsertAnswer } })
  expect((await call('POST', '/v3/users', [aUser('a')])).text).toBe(text)
})

test.each<[Method, string]>([
  ['GET', '/v3/users'],
  ['POST', '/v3/contacts'],
  ['DELETE', '/v3/deals/1'],
  ['PATCH', '/v3/webhooks'],
  ['GET', '/v3/channels'],
])('%s %s needs a key that is alive', async (method, path) => {
  const { wazzup, call } = await connectedWazzup()
  wazzup.revokeKey()
  expect(await call(method, path, method === 'GET' ? undefined : [])).toMatchObject({ status: 401, text: '' })
  wazzup.reviveKey()
  expect((await call(method, path, method === 'GET' ? undefined : [])).status).not.toBe(401)
})
