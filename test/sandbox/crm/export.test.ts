import { expect, test } from 'vitest'
import { fault } from '../../../src/sandbox/wazzup/fault.ts'
import type { DemoCrm } from '../../../src/sandbox/crm/start-demo-crm.ts'
import { connectedWazzup } from '../wazzup/connected.ts'
import { send } from '../wazzup/wazzup-at-hand.ts'
import { crmAtHand } from './crm-at-hand.ts'

interface Page {
  items: { id: string }[]
  next: string | null
  total?: number
}

const get = (crm: DemoCrm, query: string, token = crm.exportToken) =>
  send(`${crm.exportUrl}/${query}`, { headers: { authorization: `Bearer ${token}` } })

const page = async (crm: DemoCrm, query: string) => (await get(crm, query)).json() as Page

async function everything(crm: DemoCrm, kind: string, account = 'acme') {
  const items: { id: string }[] = []
  let next: string | null = ''
  while (next !== null) {
    const answer: Page = await page(crm, `${kind}?account=${account}${next && `&cursor=${next}`}`)
    items.push(...answer.items)
    next = answer.next
  }
  return items
}

test.each([
  ['acme', [12, 2, 4000, 1500]],
  ['nordwind', [5, 1, 320, 90]],
])('%s exports everything once, page by page, the same every time', async (account, sizes) => {
  const { crm } = await crmAtHand()
  const all = []
  for (const kind of ['users', 'pipelines', 'contacts', 'deals'])
    all.push(await everything(crm, kind, account))
  expect(all.map((items) => items.length)).toEqual(sizes)
  expect(all.map((items) => new Set(items.map(({ id }) => id)).size)).toEqual(sizes)
  expect(await everything(crm, 'deals', account)).toEqual(all[3])
})

test.each([0, 1, 100, 101])('an account may have %i contacts', async (contacts) => {
  const { crm } = await crmAtHand({ exports: { sizes: { acme: { contacts } }, pageSize: 100 } })
  expect(await everything(crm, 'contacts')).toHaveLength(contacts)
  expect(await page(crm, 'contacts?account=acme')).toMatchObject({ total: contacts })
})

test('Wazzup takes every row as it is', async () => {
  const { crm } = await crmAtHand({
    exports: { pageSize: 100, sizes: { acme: { contacts: 300, deals: 100 } } },
  })
  const { call } = await connectedWazzup({ switches: { unknownReferences: 'refused' } })
  for (const kind of ['users', 'pipelines', 'contacts', 'deals']) {
    const items = await everything(crm, kind)
    for (let from = 0; from < items.length; from += 100) {
      expect(await call('POST', `/v3/${kind}`, items.slice(from, from + 100))).toMatchObject({
        status: 200,
        text: '',
      })
    }
  }
})

test('a page tells the total, or not', async () => {
  const { crm } = await crmAtHand({ exports: { total: 'untold' } })
  expect(await page(crm, 'users?account=acme')).not.toHaveProperty('total')
})

test.each([
  ['users?account=acme', 'wrong', 401],
  ['users?account=nobody', undefined, 404],
  ['houses?account=acme', undefined, 404],
  ['users?account=acme&cursor=mine', undefined, 404],
])('%s with token %s is answered %i', async (query, token, status) => {
  const { crm } = await crmAtHand()
  expect((await get(crm, query, token)).status).toBe(status)
})

test('faults, poisoned rows and a cursor that loops are the test’s to turn', async () => {
  const { crm } = await crmAtHand({ exports: { pageSize: 2 } })
  crm.exports.faults.push(fault.unavailable(), fault.processThenReply(200, { body: '{"items":' }))
  expect((await get(crm, 'users?account=acme')).status).toBe(503)
  expect((await get(crm, 'users?account=acme')).text).toBe('{"items":')
  crm.exports.alter = (row, { kind, index }) => (kind === 'users' && index === 1 ? { id: 7 } : row)
  const { items, next } = await page(crm, 'users?account=acme')
  expect(items[1]).toEqual({ id: 7 })
  crm.exports.cursor = 'looping'
  expect((await page(crm, `users?account=acme&cursor=${next ?? ''}`)).next).toBe(next)
  expect(crm.exportRequests.map(({ cursor }) => cursor)).toEqual([null, null, null, next])
})
