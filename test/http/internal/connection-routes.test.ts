import { expect, test } from 'vitest'
import { OPERATOR } from '../../contracts/store-lifecycle.ts'
import { claimed, connected, NOON, recordKey } from '../../support/attempts.ts'
import { ask, internalAtHand, internalFor, lookUp } from '../../support/internal-at-hand.ts'

const at = internalFor('each')

const list = async (query: string) => {
  const { body } = await ask(at, `/v1/connections${query}`)
  return body as unknown as Page
}

interface Page {
  items: { crmAccountId: string }[]
  next: string | null
  position: string
}
const accounts = ({ items }: { items: { crmAccountId: string }[] }) => items.map((item) => item.crmAccountId)

test('a list has pages, and no key in it', async () => {
  for (const account of ['a', 'b', 'c', 'd', 'e']) await connected(at.store, account, `api-key-${account}`)
  const seen: string[] = []
  let next: string | null = ''
  while (next !== null) {
    const page: Awaited<ReturnType<typeof list>> = await list(`?limit=2${next && `&cursor=${next}`}`)
    expect(JSON.stringify(page)).not.toMatch(/api-key-|crmKey|apiKey/)
    seen.push(...accounts(page))
    next = page.next
  }
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('a list can be of one status', async () => {
  const { generationId } = await connected(at.store, 'a', 'api-key-1')
  await connected(at.store, 'b', 'api-key-2')
  await at.store.connections.noteHealth(generationId, 'invalid', new Date())
  expect(accounts(await list('?status=invalid'))).toEqual(['a'])
  expect(accounts(await list('?status=connected'))).toEqual(['b'])
  expect(accounts(await list('?status=disconnected'))).toEqual([])
})

/** The accounts of all pages of a reading, and from where the next one goes on. */
async function readAll(query: string) {
  const seen: string[] = []
  for (let cursor = ''; ;) {
    const { status, body } = await ask(at, `/v1/connections${query}${cursor && `&cursor=${cursor}`}`)
    if (status !== 200) return { status, code: body?.['code'] }
    const page = body as unknown as Page
    seen.push(...accounts(page))
    if (page.next === null) return { seen, position: page.position }
    cursor = page.next
  }
}

test('who was away reads what has changed since, page by page, from where the last reading began', async () => {
  for (const account of ['d', 'a', 'c', 'b']) await connected(at.store, account, `api-key-${account}`)
  const first = await list('?limit=3')
  // Between two pages of the list: one that was seen already, and is seen no more.
  await at.store.connections.disconnect('a', OPERATOR, NOON)
  expect(await readAll(`?limit=3&cursor=${first.next ?? ''}`)).toEqual({
    seen: ['d'],
    position: first.position,
  })
  const since = `?limit=2&changedSince=${first.position}`
  const { position } = await readAll(since)
  expect(await readAll(since)).toEqual({ seen: ['a'], position })
  for (const account of ['c', 'b', 'd']) await connected(at.store, account, `newer-key-${account}`)
  expect(await readAll(since)).toMatchObject({ seen: ['a', 'c', 'b', 'd'] })
  expect(await readAll(`?changedSince=${position}`)).toMatchObject({ seen: ['c', 'b', 'd'] })
  expect(await readAll('?limit=2&changedSince=2026-11-23T15:00:00.5%2B03:00')).toMatchObject({
    seen: ['a', 'c', 'b', 'd'],
  })
})

test('a position of another database is gone, between two pages too', async () => {
  for (const account of ['a', 'b']) await connected(at.store, account, `api-key-${account}`)
  const { next, position } = await list('?limit=1&changedSince=2026-11-23T12:00:00Z')
  const elsewhere = await internalAtHand()
  const gone = { status: 410, body: { code: 'position_unknown' } }
  expect(await ask(elsewhere, `/v1/connections?changedSince=${position}`)).toMatchObject(gone)
  const query = `?limit=1&changedSince=2026-11-23T12:00:00Z&cursor=${next ?? ''}`
  expect(await ask(elsewhere, `/v1/connections${query}`)).toMatchObject(gone)
})

test('a cursor of the release before goes on where it stood, with a position that misses nothing', async () => {
  for (const account of ['a', 'b', 'c']) await connected(at.store, account, `api-key-${account}`)
  const { seen, position } = await readAll(`?cursor=${Buffer.from('a').toString('base64url')}`)
  expect(seen).toEqual(['b', 'c'])
  expect(await readAll(`?changedSince=${position ?? ''}`)).toMatchObject({ seen: ['a', 'b', 'c'] })
})

test.each([
  ['a time that says no offset', 'changedSince=2026-11-23T12:00:00', /^changedSince: an RFC 3339 time/],
  ['a plus that is a blank', 'changedSince=2026-11-23T12:00:00+03:00', /^changedSince: .*%2B/],
  ['what is no position', 'changedSince=yesterday', /^changedSince: /],
  ['a status beside it', 'changedSince=2026-11-23T12:00:00Z&status=connected', /^status: .*would be missed/],
  [
    'the cursor of a list of all',
    'changedSince=2026-11-23T12:00:00Z&cursor=YWNtZQ',
    /^cursor: of another list/,
  ],
])('%s is refused with a reason', async (_, query, detail) => {
  const { status, body } = await ask(at, `/v1/connections?${query}`)
  expect({ status, body }).toMatchObject({ status: 400, body: { code: 'bad_request' } })
  expect(body?.['detail']).toMatch(detail)
})

test.each(['?status=new', '?limit=0', '?limit=x', '?limit=201'])(
  '%s is refused with a reason',
  async (query) => {
    const { status, body } = await ask(at, `/v1/connections${query}`)
    expect({ status, body }).toMatchObject({ status: 400, body: { code: 'bad_request' } })
    expect(body?.['detail']).toMatch(/^(status|limit): /)
  },
)

test('one connection is found by its CRM account, whatever characters that has', async () => {
  const odd = `ä/?#%20 ${'x'.repeat(190)}`
  await connected(at.store, odd, 'api-key-1')
  const { status, body } = await ask(at, `/v1/connections/${encodeURIComponent(odd)}`)
  expect({ status, body }).toMatchObject({
    status: 200,
    body: { crmAccountId: odd, status: 'connected', generation: 1, warning: null },
  })
  expect(await ask(at, '/v1/connections/nobody')).toMatchObject({
    status: 404,
    body: { code: 'unknown_connection' },
  })
})

test('an upload that has failed is a warning of a connection that stays connected', async () => {
  await recordKey(at.store, await claimed(at.store, 'acme'), 'api-key-1', true)
  const claim = await at.store.uploads.claimDue({ runner: 'runner', lease: 0 })
  if (!claim) throw new Error('nothing was due')
  const trouble = { tries: 0, spent: 0 }
  const end = { status: 'failed', reason: 'address_refused', wait: null, trouble } as const
  await at.store.uploads.release(claim, end)
  const warned = { crmAccountId: 'acme', status: 'connected', warning: 'address_refused' }
  expect((await ask(at, '/v1/connections/acme')).body).toMatchObject(warned)
  expect(await list('')).toMatchObject({ items: [warned] })
})

test('an apiKey is read by name, and that is in the audit', async () => {
  await connected(at.store, 'acme', 'api-key-1')
  const { body, headers } = await ask(at, '/v1/connections/acme/api-key', {
    headers: { 'x-operator': 'Olga' },
  })
  expect(body).toEqual({ apiKey: 'api-key-1' })
  expect(headers.get('cache-control')).toBe('no-store')
  expect((await at.store.audit.of('acme', 1))[0]).toMatchObject({
    ...{ action: 'api_key.read', userId: 'operator', userName: 'Olga', address: '127.0.0.1', generation: 1 },
  })
  expect(JSON.stringify(await at.store.audit.of('acme', 10))).not.toContain('api-key-1')
  expect(await ask(at, '/v1/connections/nobody/api-key')).toMatchObject({
    status: 404,
    body: { code: 'no_api_key' },
  })
})

test('a disconnect ends the keys, also for another replica, and can be repeated', async () => {
  const { crmKey } = await connected(at.store, 'acme', 'api-key-1')
  const disconnect = (account: string) => ask(at, `/v1/connections/${account}`, { method: 'DELETE' })
  expect(await disconnect('acme')).toMatchObject({
    status: 200,
    body: { status: 'disconnected', subscriptions: 'none' },
  })
  expect((await lookUp(at, crmKey)).status).toBe(404)
  expect(await disconnect('acme')).toMatchObject({ status: 200, body: { status: 'disconnected' } })
  expect(await disconnect('nobody')).toMatchObject({ status: 404 })
  expect(await ask(at, '/v1/connections/acme/api-key')).toMatchObject({ status: 404 })
  expect((await ask(at, '/v1/connections/acme')).body).toMatchObject({
    status: 'disconnected',
    generation: null,
  })
})

test('the persons of a connection that has ended are erased, once and by name of who asked', async () => {
  await connected(at.store, 'acme', 'api-key-1')
  const erase = () =>
    ask(at, '/v1/connections/acme/erase', { method: 'POST', headers: { 'x-operator': 'Olga' } })
  expect(await erase()).toMatchObject({ status: 409, body: { code: 'still_connected' } })
  await ask(at, '/v1/connections/acme', { method: 'DELETE' })
  expect(await erase()).toMatchObject({
    ...{ status: 200, body: { status: 'erased', remains: [{ code: 'backups' }, { code: 'log_lines' }] } },
  })
  expect(await erase()).toMatchObject({ status: 200, body: { status: 'erased', rows: 0 } })
  const { body } = await ask(at, '/v1/connections/acme')
  expect(body).toMatchObject({ crmAccountId: 'acme', crmAccountName: '', status: 'disconnected' })
  expect(await at.store.audit.of('acme', 1)).toMatchObject([
    { action: 'connection.erased', userName: 'Olga' },
  ])
  expect(at.log.events('keys.erase')).toMatchObject([
    { crmAccountId: 'acme', remains: ['backups', 'log_lines'] },
    { rows: 0 },
  ])
})
