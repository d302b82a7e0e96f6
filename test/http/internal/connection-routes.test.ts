import { expect, test } from 'vitest'
import { claimed, connected, recordKey } from '../../support/attempts.ts'
import { ask, internalFor, lookUp } from '../../support/internal-at-hand.ts'

const at = internalFor('each')

const list = async (query: string) => {
  const { body } = await ask(at, `/v1/connections${query}`)
  return body as { items: { crmAccountId: string }[]; next: string | null }
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
